using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// The mean of the last k weights (LAWA, Kaddour 2022). Keeps k copies, because a running sum would collect rounding
/// errors that never leave; the mean is taken when it is asked for.
/// </summary>
internal sealed class LatestWeights : AveragedWeights
{
    private readonly WeightBuffer[] _ring;

    /// <summary>Allocates <paramref name="window"/> copies of the weights.</summary>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="layout">Where the tensors lie in them.</param>
    /// <param name="window">How many weights are averaged at most, 1 or more.</param>
    public LatestWeights(Device device, WeightLayout layout, int window)
        : base(device, layout)
    {
        OptionRange.AtLeast(window, 1, nameof(window));
        _ring = [.. Enumerable.Range(0, window).Select(_ => new WeightBuffer(device, layout.Length))];
    }

    /// <summary>Weights held now: at most the window. Number n, from 0, lies in slot n modulo the window.</summary>
    public int Held => (int)Math.Min(State.Count, _ring.Length);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, WeightBuffer Values)> Saved =>
        [.. _ring.Take(Held).Select((slot, i) => (FormattableString.Invariant($"latest.{i}"), slot))];

    /// <inheritdoc/>
    public override int Buffers => 1 + _ring.Length;

    /// <inheritdoc/>
    public override string Formula => $"average = mean of the last {_ring.Length} weights";

    /// <summary>Takes the mean of the weights held, summed in float64 from the oldest on.</summary>
    /// <exception cref="InvalidOperationException">No weights were added yet.</exception>
    public override void Refresh()
    {
        if (State.Count == 0)
        {
            throw new InvalidOperationException("There is no mean before the first weights were added.");
        }

        Buffer.Device.Arithmetic.Mean(
            [.. Enumerable.Range(0, Held).Select(i => _ring[(State.Count - Held + i) % _ring.Length])], Buffer);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (WeightBuffer slot in _ring)
        {
            slot.Dispose();
        }

        base.Dispose();
    }

    /// <summary>The weights take the place of the oldest.</summary>
    protected override void Take(WeightBuffer weights) => _ring[State.Count % _ring.Length].CopyFrom(weights);
}
