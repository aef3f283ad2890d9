using OrtTrainer.Common;

namespace OrtTrainer.Runtime;

/// <summary>One trainable tensor inside a flat buffer.</summary>
/// <param name="Name">The tensor's name, as in the checkpoint.</param>
/// <param name="Offset">Index of its first element; a multiple of <see cref="WeightLayout.BlockLength"/>.</param>
/// <param name="Length">Number of elements, 0 or more.</param>
/// <param name="HasWeightDecay">False for biases and normalization weights, by convention.</param>
public sealed record WeightSegment(string Name, int Offset, int Length, bool HasWeightDecay)
{
    /// <summary>
    /// Length of the last dimension; equal to <see cref="Length"/> for vectors. Only optimizers that treat matrices
    /// differently from vectors read it; to them a tensor of more dimensions is a matrix of all its rows.
    /// </summary>
    public int Columns { get; init; } = Length;

    /// <summary>What the learning rate is multiplied with, 0 or more; weight decay, decoupled, follows the
    /// rate.</summary>
    public double RateScale { get; init => field = OptionRange.AtLeast(value, 0.0); } = 1;

    /// <summary>
    /// Whether a step reads few rows of a table and has gradients in no others, as with vectors of words. What happens
    /// to the rest may be put off until somebody needs it: see <see cref="Updates.Optimizer.BringUpToDate()"/>.
    /// </summary>
    public bool IsSparse { get; init; }

    /// <summary>Index after the last element.</summary>
    public int End => Offset + Length;

    /// <summary>What an optimizer must know to step the segment's blocks; segments that agree share
    /// coefficients.</summary>
    internal (bool HasWeightDecay, double RateScale) Group => (HasWeightDecay, RateScale);
}
