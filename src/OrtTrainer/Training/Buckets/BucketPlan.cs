namespace OrtTrainer.Training.Buckets;

/// <summary>
/// The buckets of a run, chosen from the sizes of its passes before the first step: as few as keep padding within a
/// share of all tokens.
/// </summary>
internal sealed class BucketPlan
{
    /// <summary>The share of padding that buckets are chosen for.</summary>
    public const double WasteBound = 0.05;

    /// <summary>The most buckets: each is captured once, and keeps inputs of its own.</summary>
    public const int MostBuckets = 16;

    private readonly Bucket[] _buckets;

    private BucketPlan(Bucket[] buckets, long tokens, long padding) =>
        (_buckets, Tokens, Padding) = (buckets, tokens, padding);

    /// <summary>The buckets, the smallest first.</summary>
    public IReadOnlyList<Bucket> Buckets => _buckets;

    /// <summary>The tokens of all passes, without padding.</summary>
    public long Tokens { get; }

    /// <summary>The tokens of padding in all passes.</summary>
    public long Padding { get; }

    /// <summary>Padding as a share of all tokens that are computed, in [0, 1).</summary>
    public double Waste => (double)Padding / (Tokens + Padding);

    /// <summary>Chooses the buckets.</summary>
    /// <param name="passes">The sizes of the run's passes, one or more, and how often each comes.</param>
    /// <param name="longest">The most tokens of a sequence of padding, 1 or more.</param>
    /// <param name="bound">The share of padding to stay within, where <paramref name="most"/> buckets can.</param>
    /// <param name="most">The most buckets, 1 or more.</param>
    public static BucketPlan Of(
        IReadOnlyDictionary<PassSize, long> passes, int longest, double bound = WasteBound, int most = MostBuckets)
    {
        // More sequences of padding let each be shorter, and want a token each: a few rounds settle it.
        int own = passes.Keys.Max(size => size.Sequences), added = 1;
        for (int round = 0; ; round++)
        {
            BucketPlan plan = WithSequences(passes, own + added, bound, most);
            int needed = passes.Keys.Max(size => plan.AddedFor(size, longest)) - own;
            if (needed <= added || round == 8)
            {
                return plan;
            }

            added = needed;
        }
    }

    /// <summary>The smallest bucket that a pass fits; null where none is large enough.</summary>
    public Bucket? Find(PassSize size)
    {
        foreach (Bucket bucket in _buckets)
        {
            if (bucket.Fits(size))
            {
                return bucket;
            }
        }

        return null;
    }

    private static BucketPlan WithSequences(
        IReadOnlyDictionary<PassSize, long> passes, int sequences, double bound, int most)
    {
        BucketSearch search = new(passes, sequences);
        int[] sizes = search.Fewest(bound, most);
        Bucket[] buckets = [.. sizes.Select(tokens => new Bucket(tokens, sequences, Rows: 0))];
        BucketPlan plan = new(buckets, 0, 0);
        int[] rows = new int[buckets.Length];
        long padding = 0, own = 0;
        foreach ((PassSize size, long count) in passes)
        {
            Bucket bucket = plan.Find(size)!;
            int place = Array.IndexOf(sizes, bucket.Tokens);
            rows[place] = Math.Max(rows[place], size.Rows);
            padding += count * (bucket.Tokens - size.Tokens);
            own += count * size.Tokens;
        }

        return new BucketPlan([.. buckets.Zip(rows, (bucket, filled) => bucket with { Rows = filled })], own, padding);
    }

    /// <summary>The sequences that a pass wants in all, for its padding to be no longer than a model takes.</summary>
    private int AddedFor(PassSize size, int longest) =>
        size.Sequences + ((Find(size)!.Tokens - size.Tokens + longest - 1) / longest);
}
