namespace OrtTrainer.Training.Buckets;

/// <summary>
/// The exact search for buckets: passes in the order of the tokens that they need at least are cut into groups, whose
/// largest is the bucket. best[k][i], the least padding of the first i passes in k buckets, is the least of
/// best[k - 1][j] + padding(j, i) over j; the fewest buckets within the bound are those of the first k that keeps it.
/// </summary>
internal sealed class BucketSearch
{
    /// <summary>Sizes that are told apart; more are rounded up to multiples until they are so few.</summary>
    private const int MostSizes = 1024;

    // From so many tokens on, buckets are multiples of what tensor cores take at once: at most 1.4 % more.
    private const int LongPass = 512;
    private const int Multiple = 8;

    private readonly int[] _needs;
    private readonly long[] _counts;
    private readonly long[] _tokens;

    /// <param name="passes">The sizes of the run's passes, one or more, and how often each comes.</param>
    /// <param name="sequences">The sequences of every bucket, more than any pass has.</param>
    public BucketSearch(IReadOnlyDictionary<PassSize, long> passes, int sequences)
    {
        int multiple = 1;
        SortedDictionary<int, (long Count, long Tokens)> sizes;
        do
        {
            sizes = [];
            foreach ((PassSize size, long count) in passes)
            {
                int need = NeedOf(size, sequences, multiple);
                (long passesOf, long tokens) = sizes.GetValueOrDefault(need);
                sizes[need] = (passesOf + count, tokens + (count * size.Tokens));
            }

            multiple *= 2;
        }
        while (sizes.Count > MostSizes);

        _needs = [.. sizes.Keys];
        _counts = Sums(sizes.Values.Select(size => size.Count));
        _tokens = Sums(sizes.Values.Select(size => size.Tokens));
    }

    /// <summary>The tokens of the fewest buckets within a share of padding, ascending.</summary>
    /// <param name="bound">The share of padding among all tokens that are computed.</param>
    /// <param name="most">The most buckets, which are taken where none are enough.</param>
    public int[] Fewest(double bound, int most)
    {
        int sizes = _needs.Length;
        most = Math.Min(most, sizes);
        long[] best = new long[sizes + 1], before = new long[sizes + 1];
        Array.Fill(best, long.MaxValue);
        best[0] = 0;
        List<int[]> cuts = [];
        do
        {
            (before, best) = (best, before);
            cuts.Add(Extend(before, best));
        }
        while (cuts.Count < most && best[sizes] > bound * (best[sizes] + _tokens[sizes]));

        int[] buckets = new int[cuts.Count];
        for (int k = cuts.Count, end = sizes; k > 0; end = cuts[--k][end])
        {
            buckets[k - 1] = _needs[end - 1];
        }

        return buckets;
    }

    // One bucket more: for every number of sizes the place where the last bucket begins.
    private int[] Extend(long[] before, long[] best)
    {
        int[] cut = new int[best.Length];
        best[0] = long.MaxValue;
        for (int end = 1; end < best.Length; end++)
        {
            best[end] = long.MaxValue;
            for (int start = 0; start < end; start++)
            {
                if (before[start] == long.MaxValue)
                {
                    continue;
                }

                long padding = before[start] + (_needs[end - 1] * (_counts[end] - _counts[start]))
                    - (_tokens[end] - _tokens[start]);
                if (padding < best[end])
                {
                    (best[end], cut[end]) = (padding, start);
                }
            }
        }

        return cut;
    }

    private static int NeedOf(PassSize size, int sequences, int multiple)
    {
        int need = size.Tokens + (sequences - size.Sequences);
        int step = need >= LongPass ? Math.Max(multiple, Multiple) : multiple;
        return (need + step - 1) / step * step;
    }

    private static long[] Sums(IEnumerable<long> values)
    {
        List<long> sums = [0];
        foreach (long value in values)
        {
            sums.Add(sums[^1] + value);
        }

        return [.. sums];
    }
}
