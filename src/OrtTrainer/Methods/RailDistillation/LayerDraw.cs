using OrtTrainer.Randomness;

namespace OrtTrainer.Methods;

/// <summary>
/// Which layers of a teacher a student learns from: every epoch others, fixed by seed and epoch alone. Nothing has to
/// be saved to resume: the step says all.
/// </summary>
internal sealed class LayerDraw
{
    private readonly int[] _order;
    private readonly int[] _drawn;
    private readonly long _stepsPerEpoch;
    private readonly long _seed;
    private long _epoch = -1;

    /// <param name="layers">Layers there are to choose from, 1 or more.</param>
    /// <param name="count">How many are drawn, from 1 to <paramref name="layers"/>.</param>
    /// <param name="stepsPerEpoch">Optimizer steps per epoch, 1 or more.</param>
    /// <param name="seed">Fixes all draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">More are to be drawn than there are, or none.</exception>
    public LayerDraw(int layers, int count, long stepsPerEpoch, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, layers);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        _order = new int[layers];
        _drawn = new int[count];
        _stepsPerEpoch = stepsPerEpoch;
        _seed = seed;
    }

    /// <summary>How many layers are drawn.</summary>
    public int Count => _drawn.Length;

    /// <summary>The layers of an optimizer step, both from 0, in ascending order; each set is as likely.</summary>
    public ReadOnlySpan<int> At(long step)
    {
        long epoch = step / _stepsPerEpoch;
        if (epoch != _epoch)
        {
            for (int i = 0; i < _order.Length; i++)
            {
                _order[i] = i;
            }

            SeededRandom.For((ulong)_seed, FormattableString.Invariant($"teacher layers of epoch {epoch}"))
                .Shuffle(_order);
            _order.AsSpan(0, Count).CopyTo(_drawn);
            Array.Sort(_drawn);
            _epoch = epoch;
        }

        return _drawn;
    }
}
