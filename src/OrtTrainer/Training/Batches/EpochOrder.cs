using OrtTrainer.Randomness;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// The order of the examples: every epoch a new permutation, or as many draws by weights, fixed by seed and epoch alone
/// and cut into steps. The last
/// step of an epoch takes what is left. Nothing has to be saved to resume: the step says all. Examples that stay
/// together are moved as one.
/// </summary>
internal sealed class EpochOrder
{
    private readonly int[] _order;
    private readonly int[] _groups;
    private readonly int _groupSize;
    private readonly long _seed;
    private readonly LengthWindows? _windows;
    private readonly WeightedDraw? _weighted;
    private long _epoch = -1;

    /// <param name="examples">The number of examples, 1 or more.</param>
    /// <param name="perStep">Examples per optimizer step, 1 or more.</param>
    /// <param name="seed">Fixes all permutations.</param>
    /// <param name="groupSize">How many examples, one after another, stay together; a divisor of the other two.</param>
    /// <param name="windows">Rearrange the order of groups into batches of like length; null for any length.</param>
    /// <param name="weights">By which groups are drawn, with replacement, in place of a permutation: those of their
    /// first examples, [N]; null for a permutation.</param>
    public EpochOrder(
        int examples, int perStep, long seed, int groupSize = 1, LengthWindows? windows = null,
        IReadOnlyList<double>? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(perStep, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(examples % groupSize, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(perStep % groupSize, 0);
        _order = new int[examples];
        _groups = new int[examples / groupSize];
        _groupSize = groupSize;
        _seed = seed;
        _windows = windows;
        _weighted = weights is null ? null
            : new WeightedDraw([.. weights.Where((_, example) => example % groupSize == 0)]);
        PerStep = perStep;
        StepsPerEpoch = StepsPerEpochOf(examples, perStep);
    }

    /// <summary>Examples per optimizer step; the last of an epoch may have fewer.</summary>
    public int PerStep { get; }

    /// <summary>Optimizer steps per epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Optimizer steps per epoch.</summary>
    /// <param name="examples">The number of examples.</param>
    /// <param name="perStep">Examples per optimizer step.</param>
    public static int StepsPerEpochOf(int examples, int perStep) => (int)(((long)examples + perStep - 1) / perStep);

    /// <summary>The examples of an optimizer step, counted from 0.</summary>
    public ReadOnlySpan<int> ExamplesOf(long step)
    {
        long epoch = step / StepsPerEpoch;
        if (epoch != _epoch)
        {
            Arrange(epoch);
            _epoch = epoch;
        }

        int start = (int)(step % StepsPerEpoch) * PerStep;
        return _order.AsSpan(start, Math.Min(PerStep, _order.Length - start));
    }

    private void Arrange(long epoch)
    {
        if (_weighted is not null)
        {
            _weighted.Fill(_groups, DrawsOf("weighted order", epoch));
        }
        else
        {
            for (int i = 0; i < _groups.Length; i++)
            {
                _groups[i] = i;
            }

            DrawsOf("order", epoch).Shuffle(_groups);
        }

        _windows?.Arrange(_groups, DrawsOf("batches", epoch));
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = (_groups[i / _groupSize] * _groupSize) + (i % _groupSize);
        }
    }

    private SeededRandom DrawsOf(string use, long epoch) =>
        SeededRandom.For((ulong)_seed, FormattableString.Invariant($"{use} of epoch {epoch}"));
}
