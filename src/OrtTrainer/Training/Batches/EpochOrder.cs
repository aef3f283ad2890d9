using OrtTrainer.Randomness;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// The order of the examples: every epoch a new permutation, fixed by seed and epoch alone, cut into steps. The last
/// step of an epoch takes what is left. Nothing has to be saved to resume: the step says all.
/// </summary>
internal sealed class EpochOrder
{
    private readonly int[] _order;
    private readonly long _seed;
    private long _epoch = -1;

    /// <param name="examples">The number of examples, 1 or more.</param>
    /// <param name="perStep">Examples per optimizer step, 1 or more.</param>
    /// <param name="seed">Fixes all permutations.</param>
    public EpochOrder(int examples, int perStep, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(perStep, 1);
        _order = new int[examples];
        _seed = seed;
        PerStep = perStep;
        StepsPerEpoch = (int)(((long)examples + perStep - 1) / perStep);
    }

    /// <summary>Examples per optimizer step; the last of an epoch may have fewer.</summary>
    public int PerStep { get; }

    /// <summary>Optimizer steps per epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>The examples of an optimizer step, counted from 0.</summary>
    public ReadOnlySpan<int> ExamplesOf(long step)
    {
        long epoch = step / StepsPerEpoch;
        if (epoch != _epoch)
        {
            for (int i = 0; i < _order.Length; i++)
            {
                _order[i] = i;
            }

            SeededRandom.For((ulong)_seed, FormattableString.Invariant($"order of epoch {epoch}")).Shuffle(_order);
            _epoch = epoch;
        }

        int start = (int)(step % StepsPerEpoch) * PerStep;
        return _order.AsSpan(start, Math.Min(PerStep, _order.Length - start));
    }
}
