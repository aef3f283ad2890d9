using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// Mean and variance of each weight over the run, the diagonal part of SWAG (Maddox et al. 2019); the mean is the
/// average. Kept as mean and sum of squared deviations (Welford 1962): the textbook difference of the mean square and
/// the squared mean loses all digits in float32 once the weights settle.
/// </summary>
internal sealed class WeightMoments : AveragedWeights
{
    /// <summary>The least variance, as in the authors' code.</summary>
    public const double VarianceFloor = 1e-30;

    // The sum of squared deviations of each weight from its mean.
    private readonly WeightBuffer _deviations;

    /// <summary>Allocates both moments, zero.</summary>
    public WeightMoments(Device device, WeightLayout layout)
        : base(device, layout)
    {
        _deviations = new WeightBuffer(device, layout.Length);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, WeightBuffer Values)> Saved =>
        State.Count == 0 ? [] : [("average", Buffer), ("squared_deviations", _deviations)];

    /// <inheritdoc/>
    public override int Buffers => 2;

    /// <inheritdoc/>
    public override string Formula => "average += (weights - average) / (count + 1), the mean of SWAG";

    /// <summary>
    /// Writes the variance of each weight: divided by the count, at least <see cref="VarianceFloor"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">No weights were added yet.</exception>
    public void Variance(WeightBuffer destination)
    {
        if (State.Count == 0)
        {
            throw new InvalidOperationException("There is no variance before the first weights were added.");
        }

        Buffer.Device.Arithmetic.Variance(_deviations, State.Count, VarianceFloor, destination);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _deviations.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void Take(WeightBuffer weights) =>
        Buffer.Device.Arithmetic.AddMoments(weights, Buffer, _deviations, State.Count + 1);
}
