using OrtTrainer.Randomness;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// Makes batches of like length out of a random order: cuts it into windows of several batches, sorts each window by
/// length, cuts it into batches and puts these in random order. A window keeps its examples, so that an epoch still
/// takes each once, and the wider it is, the nearer are the lengths within a batch.
/// </summary>
internal sealed class LengthWindows
{
    private readonly IReadOnlyList<int> _lengths;
    private readonly int _batchSize;
    private readonly int _batches;

    /// <param name="lengths">The length of each example.</param>
    /// <param name="batchSize">Examples per batch, 1 or more.</param>
    /// <param name="batches">Batches per window, 1 or more.</param>
    public LengthWindows(IReadOnlyList<int> lengths, int batchSize, int batches)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batches, 1);
        (_lengths, _batchSize, _batches) = (lengths, batchSize, batches);
    }

    /// <summary>Windows over groups of examples that stay together: a group is as long as all of its texts.</summary>
    /// <param name="examples">The data set.</param>
    /// <param name="groupSize">Examples per group, one after another; a divisor of their number.</param>
    /// <param name="batchSize">Groups per batch, 1 or more.</param>
    /// <param name="batches">Batches per window, 1 or more.</param>
    public static LengthWindows Of(
        IReadOnlyList<TokenizedExample> examples, int groupSize, int batchSize, int batches)
    {
        int[] lengths = new int[examples.Count / groupSize];
        for (int i = 0; i < examples.Count; i++)
        {
            lengths[i / groupSize] += examples[i].Tokens;
        }

        return new LengthWindows(lengths, batchSize, batches);
    }

    /// <summary>Rearranges an order, window by window; examples of one length stay in their order.</summary>
    /// <param name="order">Places of examples.</param>
    /// <param name="random">Draws the order of the batches.</param>
    public void Arrange(Span<int> order, SeededRandom random)
    {
        while (order.Length > 0)
        {
            int length = (int)Math.Min((long)_batchSize * _batches, order.Length);
            ArrangeWindow(order[..length], random);
            order = order[length..];
        }
    }

    private void ArrangeWindow(Span<int> window, SeededRandom random)
    {
        int[] sorted = [.. window.ToArray().OrderBy(example => _lengths[example])];
        int[] ranks = [.. Enumerable.Range(0, EpochOrder.StepsPerEpochOf(window.Length, _batchSize))];
        random.Shuffle(ranks);

        // The epoch's last batch has what is left over. It is of any rank, lest the longest examples always end there.
        int missing = (int)(((long)ranks.Length * _batchSize) - window.Length);
        int next = 0;
        foreach (int rank in ranks)
        {
            int start = (int)(((long)rank * _batchSize) - (rank > ranks[^1] ? missing : 0));
            int count = rank == ranks[^1] ? _batchSize - missing : _batchSize;
            sorted.AsSpan(start, count).CopyTo(window[next..]);
            next += count;
        }
    }
}
