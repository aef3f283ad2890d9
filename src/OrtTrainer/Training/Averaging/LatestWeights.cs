using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// The mean of the last k weights (LAWA, Kaddour 2022). Keeps k copies, because a running sum would collect rounding
/// errors that never leave; the mean is taken when it is asked for.
/// </summary>
public sealed class LatestWeights : AveragedWeights
{
    private readonly NativeBuffer[] _ring;

    /// <summary>Allocates <paramref name="window"/> copies of the weights.</summary>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="window">How many weights are averaged at most, 1 or more.</param>
    public LatestWeights(FlatParameters layout, int window)
        : base(layout)
    {
        OptionRange.AtLeast(window, 1, nameof(window));
        _ring = [.. Enumerable.Range(0, window).Select(_ => new NativeBuffer(layout.Length))];
    }

    /// <summary>Weights held now: at most the window. Number n, from 0, lies in slot n modulo the window.</summary>
    public int Held => (int)Math.Min(State.Count, _ring.Length);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NativeBuffer Values)> Saved =>
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

        // A block at a time, so that the sums stay in the nearest cache while each copy is read once.
        Span<double> sums = stackalloc double[FlatParameters.BlockLength];
        for (int start = 0; start < Values.Length; start += sums.Length)
        {
            sums.Clear();
            for (long n = State.Count - Held; n < State.Count; n++)
            {
                ReadOnlySpan<float> slot = _ring[n % _ring.Length].Slice(start, sums.Length);
                for (int i = 0; i < slot.Length; i++)
                {
                    sums[i] += slot[i];
                }
            }

            Span<float> mean = Buffer.Slice(start, sums.Length);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] = (float)(sums[i] / Held);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (NativeBuffer slot in _ring)
        {
            slot.Dispose();
        }

        base.Dispose();
    }

    /// <summary>The weights take the place of the oldest.</summary>
    protected override void Take(Span<float> weights) =>
        WeightBlend.Towards(weights, _ring[State.Count % _ring.Length].Span, 1);
}
