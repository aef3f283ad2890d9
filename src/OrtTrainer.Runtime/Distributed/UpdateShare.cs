namespace OrtTrainer.Runtime.Distributed;

/// <summary>
/// Which chunks of flat buffers this process updates: all, or those of its rank. The chunks are the same whatever the
/// number of ranks, and so is every sum over them.
/// </summary>
public sealed class UpdateShare
{
    private readonly RankGroup? _ranks;
    private KnownParts? _known;

    /// <param name="ranks">Who updates the rest; null where nobody does. Not disposed here.</param>
    public UpdateShare(RankGroup? ranks)
    {
        _ranks = ranks is { Count: > 1 } ? ranks : null;
    }

    /// <summary>All chunks.</summary>
    public static UpdateShare Whole { get; } = new(null);

    /// <summary>Whether this process updates everything.</summary>
    public bool IsWhole => _ranks is null;

    /// <summary>The parts of a layout's buffers by rank.</summary>
    public IReadOnlyList<RankPart> PartsOf(WeightLayout layout)
    {
        KnownParts? known = _known;
        if (known?.Layout != layout)
        {
            _known = known = new KnownParts(
                layout, [.. Enumerable.Range(0, _ranks?.Count ?? 1).Select(rank => PartOf(layout, rank))]);
        }

        return known.Parts;
    }

    /// <summary>The part of a layout's buffers that this process updates.</summary>
    public RankPart OwnPart(WeightLayout layout) => PartsOf(layout)[_ranks?.Rank ?? 0];

    /// <summary>Completes a buffer of which every rank has updated its part.</summary>
    public void Spread(WeightLayout layout, WeightBuffer buffer) => _ranks?.Spread(buffer, PartsOf(layout));

    /// <summary>Completes buffers on the first rank, of which every rank has updated its part.</summary>
    public void Collect(WeightLayout layout, params IEnumerable<WeightBuffer> buffers)
    {
        foreach (WeightBuffer buffer in buffers)
        {
            _ranks?.Collect(buffer, PartsOf(layout));
        }
    }

    /// <summary>On the first rank: tells the others to do with it what follows.</summary>
    public void Ask(RankTask task) => _ranks?.Tell(task);

    /// <summary>The chunks of this process.</summary>
    /// <param name="chunks">Chunks of the layout.</param>
    internal (int First, int End) ChunksOf(int chunks) => Range(chunks, _ranks?.Rank ?? 0);

    /// <summary>Fills in what other ranks found for their chunks.</summary>
    /// <param name="values">A value by chunk; those of this process are there.</param>
    internal void Complete(Span<double> values)
    {
        if (_ranks is null)
        {
            return;
        }

        // Every rank sends as many: the longest range, of which the shorter ones leave the last value unused.
        int most = (values.Length + _ranks.Count - 1) / _ranks.Count;
        Span<double> own = new double[most];
        (int first, int end) = ChunksOf(values.Length);
        values[first..end].CopyTo(own);
        Span<double> all = new double[most * _ranks.Count];
        _ranks.Gather(own, all);
        for (int rank = 0; rank < _ranks.Count; rank++)
        {
            (int start, int stop) = Range(values.Length, rank);
            all.Slice(rank * most, stop - start).CopyTo(values[start..stop]);
        }
    }

    private RankPart PartOf(WeightLayout layout, int rank)
    {
        (int first, int end) = Range(layout.Chunks, rank);
        int start = Math.Min(first * WeightLayout.BlocksPerChunk, layout.Blocks);
        int stop = Math.Min(end * WeightLayout.BlocksPerChunk, layout.Blocks);
        return new RankPart(start * WeightLayout.BlockLength, (stop - start) * WeightLayout.BlockLength);
    }

    private (int First, int End) Range(int chunks, int rank)
    {
        long ranks = _ranks?.Count ?? 1;
        return ((int)(chunks * rank / ranks), (int)(chunks * (rank + 1L) / ranks));
    }

    private sealed record KnownParts(WeightLayout Layout, IReadOnlyList<RankPart> Parts);
}
