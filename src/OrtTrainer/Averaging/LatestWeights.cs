using OrtTrainer.Runtime;
using OrtTrainer.Optimization;

namespace OrtTrainer.Averaging;

/// <summary>
/// The mean of the last k weights (LAWA, Kaddour 2022). Keeps k copies, because a running sum would collect rounding
/// errors that never leave.
/// </summary>
public sealed class LatestWeights : IDisposable
{
    private readonly NativeBuffer[] _ring;

    /// <summary>Allocates <paramref name="window"/> copies of the weights.</summary>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="window">How many weights are averaged at most, 1 or more.</param>
    public LatestWeights(FlatParameters layout, int window)
    {
        ArgumentNullException.ThrowIfNull(layout);
        OptionRange.AtLeast(window, 1, nameof(window));
        _ring = [.. Enumerable.Range(0, window).Select(_ => new NativeBuffer(layout.Length))];
    }

    /// <summary>Weights seen so far; together with <see cref="Slot"/> all there is to save.</summary>
    public long Count { get; private set; }

    /// <summary>Weights held now: at most the window.</summary>
    public int Held => (int)Math.Min(Count, _ring.Length);

    /// <summary>One of the copies: weights number n (from 0) lie in slot n modulo the window.</summary>
    public Span<float> Slot(int index) => _ring[index].Span;

    /// <summary>Takes the weights in, in the place of the oldest.</summary>
    public void Add(ReadOnlySpan<float> weights)
    {
        WeightBlend.Towards(weights, Slot((int)(Count % _ring.Length)), 1);
        Count++;
    }

    /// <summary>Writes the mean of the weights held, summed in float64 from the oldest on.</summary>
    /// <exception cref="InvalidOperationException">No weights were added yet.</exception>
    public void Mean(Span<float> destination)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("There is no mean before the first weights were added.");
        }

        var oldest = Count - Held;
        for (var i = 0; i < destination.Length; i++)
        {
            var sum = 0.0;
            for (var n = oldest; n < Count; n++)
            {
                sum += _ring[n % _ring.Length].Span[i];
            }

            destination[i] = (float)(sum / Held);
        }
    }

    /// <summary>Takes up a saved state, after the slots were filled.</summary>
    public void Restore(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _ring)
        {
            buffer.Dispose();
        }
    }
}
