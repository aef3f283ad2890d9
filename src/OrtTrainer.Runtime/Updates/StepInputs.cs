namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// What one optimizer step reads and writes. All buffers lie on the optimizer's device and have the length of its
/// layout.
/// </summary>
public readonly record struct StepInputs
{
    /// <summary>A step without scaling, block map or average.</summary>
    public StepInputs()
    {
    }

    /// <summary>The weights; updated in place.</summary>
    public required WeightBuffer Parameters { get; init; }

    /// <summary>Gradients with respect to <see cref="Parameters"/>; only read.</summary>
    public required WeightBuffer Gradients { get; init; }

    /// <summary>The learning rate of this step, 0 or more.</summary>
    public required double LearningRate { get; init; }

    /// <summary>
    /// Factor applied to every gradient as it is read: the clipping coefficient, and 1/n where gradients are sums.
    /// Saves the pass that would write scaled gradients.
    /// </summary>
    public double GradientScale { get; init; } = 1;

    /// <summary>
    /// Blocks whose gradient may be other than zero, where the caller knows (a gradient norm finds it on its way); the
    /// gradients of other blocks are not read. Null: all gradients are read.
    /// </summary>
    public BlockMap? NonZeroGradients { get; init; }

    /// <summary>A running average to bring up to date with the new weights in the same pass; null for none.</summary>
    public WeightBuffer? Average { get; init; }

    /// <summary>
    /// The share a of the new weights in <c>average += a (weights - average)</c>, in [0, 1]; 1 copies.
    /// </summary>
    public double AverageWeight { get; init; }
}
