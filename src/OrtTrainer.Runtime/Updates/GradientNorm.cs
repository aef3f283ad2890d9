namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// The Euclidean norm over all gradients, summed in float64 in a fixed order, so that it does not depend on the number
/// of threads.
/// </summary>
public abstract class GradientNorm
{
    /// <summary>
    /// The blocks found not zero by the last measurement: what <see cref="StepInputs.NonZeroGradients"/> takes. Null
    /// on devices whose optimizers do not skip blocks.
    /// </summary>
    public abstract BlockMap? NonZero { get; }

    /// <summary>Measures.</summary>
    /// <param name="gradients">In the layout this was made for; only read.</param>
    /// <param name="written">Blocks that may hold anything but zeros, where the caller knows; others are not read. Null
    /// for all.</param>
    /// <returns>The norm; not a number if any gradient is.</returns>
    /// <exception cref="ArgumentException">The length differs from the layout's, or the map has other
    /// blocks.</exception>
    public abstract double Measure(WeightBuffer gradients, BlockMap? written = null);
}
