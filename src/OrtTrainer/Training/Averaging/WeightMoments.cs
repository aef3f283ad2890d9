using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// Mean and variance of each weight over the run, the diagonal part of SWAG (Maddox et al. 2019); the mean is the
/// average. Kept as mean and sum of squared deviations (Welford 1962): the textbook difference of the mean square and
/// the squared mean loses all digits in float32 once the weights settle.
/// </summary>
public sealed class WeightMoments : AveragedWeights
{
    /// <summary>The least variance, as in the authors' code.</summary>
    public const double VarianceFloor = 1e-30;

    private readonly NativeBuffer _deviations;

    /// <summary>Allocates both moments, zero.</summary>
    public WeightMoments(FlatParameters layout)
        : base(layout)
    {
        _deviations = new NativeBuffer(layout.Length);
    }

    /// <summary>The sum of squared deviations of each weight from its mean.</summary>
    public Span<float> SquaredDeviations => _deviations.Span;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NativeBuffer Values)> Saved =>
        State.Count == 0 ? [] : [("average", Buffer), ("squared_deviations", _deviations)];

    /// <inheritdoc/>
    public override int Buffers => 2;

    /// <inheritdoc/>
    public override string Formula => "average += (weights - average) / (count + 1), the mean of SWAG";

    /// <summary>
    /// Writes the variance of each weight: divided by the count, at least <see cref="VarianceFloor"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">No weights were added yet.</exception>
    public void Variance(Span<float> destination)
    {
        if (State.Count == 0)
        {
            throw new InvalidOperationException("There is no variance before the first weights were added.");
        }

        ReadOnlySpan<float> deviations = SquaredDeviations;
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (float)Math.Max(VarianceFloor, deviations[i] / (double)State.Count);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _deviations.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void Take(Span<float> weights)
    {
        Span<float> mean = Values;
        Span<float> deviations = SquaredDeviations;
        if (weights.Length != mean.Length)
        {
            throw new ArgumentException(
                $"There are {weights.Length} weights for moments of {mean.Length}.", nameof(weights));
        }

        long count = State.Count + 1;
        for (int i = 0; i < weights.Length; i++)
        {
            double before = (double)weights[i] - mean[i];
            double newMean = mean[i] + (before / count);
            deviations[i] = (float)(deviations[i] + (before * (weights[i] - newMean)));
            mean[i] = (float)newMean;
        }
    }
}
