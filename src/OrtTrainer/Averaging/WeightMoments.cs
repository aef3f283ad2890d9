using OrtTrainer.Runtime;
using OrtTrainer.Optimization;

namespace OrtTrainer.Averaging;

/// <summary>
/// Mean and variance of each weight over the run, the diagonal part of SWAG (Maddox et al. 2019). Kept as mean and sum
/// of squared deviations (Welford 1962): the textbook difference of the mean square and the squared mean loses all
/// digits in float32 once the weights settle.
/// </summary>
public sealed class WeightMoments : IDisposable
{
    /// <summary>The least variance, as in the authors' code.</summary>
    public const double VarianceFloor = 1e-30;

    private readonly NativeBuffer _mean;
    private readonly NativeBuffer _deviations;

    /// <summary>Allocates both moments, zero.</summary>
    public WeightMoments(FlatParameters layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _mean = new NativeBuffer(layout.Length);
        _deviations = new NativeBuffer(layout.Length);
    }

    /// <summary>Weights seen so far.</summary>
    public long Count { get; private set; }

    /// <summary>The mean of each weight.</summary>
    public Span<float> Mean => _mean.Span;

    /// <summary>The sum of squared deviations of each weight from its mean.</summary>
    public Span<float> SquaredDeviations => _deviations.Span;

    /// <summary>Takes the weights in.</summary>
    /// <exception cref="ArgumentException">The length differs from the layout's.</exception>
    public void Add(ReadOnlySpan<float> weights)
    {
        var mean = Mean;
        var deviations = SquaredDeviations;
        if (weights.Length != mean.Length)
        {
            throw new ArgumentException(
                $"There are {weights.Length} weights for moments of {mean.Length}.", nameof(weights));
        }

        Count++;
        for (var i = 0; i < weights.Length; i++)
        {
            var before = (double)weights[i] - mean[i];
            var newMean = mean[i] + (before / Count);
            deviations[i] = (float)(deviations[i] + (before * (weights[i] - newMean)));
            mean[i] = (float)newMean;
        }
    }

    /// <summary>
    /// Writes the variance of each weight: divided by the count, at least <see cref="VarianceFloor"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">No weights were added yet.</exception>
    public void Variance(Span<float> destination)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("There is no variance before the first weights were added.");
        }

        var deviations = SquaredDeviations;
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = (float)Math.Max(VarianceFloor, deviations[i] / (double)Count);
        }
    }

    /// <summary>Takes up a saved state, after both moments were filled.</summary>
    public void Restore(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean.Dispose();
        _deviations.Dispose();
    }
}
