using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// A running average <c>average += a (weights - average)</c>, told by its share a. The first update always copies.
/// </summary>
internal abstract record AveragingRule
{
    /// <summary>The rule written out.</summary>
    public abstract string Formula { get; }

    /// <summary>The share of the new weights, in [0, 1].</summary>
    /// <param name="count">Weights averaged so far, 0 or more.</param>
    public double ShareAt(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count == 0 ? 1 : Share(count);
    }

    /// <summary>Takes weights into an average that is not brought up to date by an optimizer's pass: that of a run,
    /// of finished runs, or of what several devices trained.</summary>
    /// <param name="weights">The new weights.</param>
    /// <param name="average">The average, of the same length.</param>
    /// <param name="count">Weights averaged so far, 0 or more.</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public void Blend(WeightBuffer weights, WeightBuffer average, long count) =>
        average.Device.Arithmetic.Blend(weights, average, (float)ShareAt(count));

    /// <summary>The share after the first update.</summary>
    /// <param name="count">Weights averaged so far, 1 or more.</param>
    protected abstract double Share(long count);
}
