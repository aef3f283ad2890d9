using OrtTrainer.Randomness;
using OrtTrainer.Training.Buckets;

namespace OrtTrainer.Tests.Training.Buckets;

/// <summary>The buckets that are chosen for a run.</summary>
public sealed class BucketPlanTests
{
    [Test]
    public void Every_pass_fits_a_bucket_with_a_token_for_each_sequence_of_padding([Range(1, 20)] int seed)
    {
        (Dictionary<PassSize, long> passes, int longest) = Draw((ulong)seed);

        BucketPlan plan = BucketPlan.Of(passes, longest);

        Assert.That(plan.Buckets, Has.Count.InRange(1, BucketPlan.MostBuckets));
        Assert.That(plan.Buckets.Select(bucket => bucket.Tokens), Is.Ordered.Ascending.And.Unique);
        long padding = 0;
        foreach ((PassSize size, long count) in passes)
        {
            Bucket bucket = plan.Find(size)!;
            padding += count * (bucket.Tokens - size.Tokens);
            long[] offsets =
                [.. Enumerable.Range(0, size.Sequences + 1).Select(i => (long)size.Tokens * i / size.Sequences)];
            long[] filled = bucket.FillUp(offsets).ToArray();

            Assert.That(filled[..offsets.Length], Is.EqualTo(offsets));
            Assert.That((filled.Length, filled[^1]), Is.EqualTo((bucket.Sequences + 1, bucket.Tokens)));
            for (int i = offsets.Length; i < filled.Length; i++)
            {
                Assert.That(filled[i] - filled[i - 1], Is.InRange(1, longest));
            }
        }

        Assert.That(plan.Padding, Is.EqualTo(padding));
        Assert.That(plan.Tokens, Is.EqualTo(passes.Sum(pass => pass.Key.Tokens * pass.Value)));
    }

    [Test]
    public void Padding_stays_within_the_bound_where_buckets_are_not_used_up([Range(1, 20)] int seed)
    {
        (Dictionary<PassSize, long> passes, int longest) = Draw((ulong)seed);

        BucketPlan plan = BucketPlan.Of(passes, longest);

        Assert.That(
            plan.Waste <= BucketPlan.WasteBound
                || plan.Buckets.Count == Math.Min(BucketPlan.MostBuckets, passes.Count),
            $"{plan.Waste:P1} in {plan.Buckets.Count}");
    }

    [TestCase(0.02)]
    [TestCase(0.1)]
    [TestCase(0.3)]
    public void They_are_as_few_as_the_bound_allows(double bound)
    {
        int[] tokens = [30, 31, 40, 44, 59, 60, 75, 90];
        int[] counts = [5, 1, 7, 2, 3, 3, 1, 4];
        Dictionary<PassSize, long> passes = tokens.Zip(counts)
            .ToDictionary(pass => new PassSize(pass.First, 4, 4), pass => (long)pass.Second);

        BucketPlan plan = BucketPlan.Of(passes, longest: 1000, bound);

        // All choices of upper ends; one token is the sequence of padding's.
        (int Count, long Padding) least = (int.MaxValue, 0);
        for (int ends = 0; ends < 1 << (tokens.Length - 1); ends++)
        {
            long padding = 0;
            int count = 0;
            for (int i = 0, start = 0; i < tokens.Length; i++)
            {
                if (i == tokens.Length - 1 || (ends & (1 << i)) != 0)
                {
                    padding += Enumerable.Range(start, i + 1 - start)
                        .Sum(j => (long)counts[j] * (tokens[i] + 1 - tokens[j]));
                    (start, count) = (i + 1, count + 1);
                }
            }

            bool isWithin = padding <= bound * (padding + plan.Tokens);
            least = isWithin && (count, padding).CompareTo(least) < 0 ? (count, padding) : least;
        }

        Assert.That(
            (plan.Buckets.Count, plan.Padding),
            Is.EqualTo(least.Count == int.MaxValue ? (tokens.Length, counts.Sum()) : least));
    }

    [Test]
    public void Thousands_of_sizes_are_told_apart_as_far_as_it_matters()
    {
        Dictionary<PassSize, long> passes = Enumerable.Range(0, 6000)
            .ToDictionary(i => new PassSize(4000 + i, 32, 32), _ => 1L);

        BucketPlan plan = BucketPlan.Of(passes, longest: 512);

        Assert.That(plan.Waste, Is.LessThanOrEqualTo(BucketPlan.WasteBound));
        Assert.That(plan.Buckets, Has.Count.LessThan(12));
        Assert.That(plan.Buckets.Select(bucket => bucket.Tokens % 8), Is.All.Zero);
    }

    [Test]
    public void A_pass_that_is_larger_than_all_of_the_plan_has_no_bucket()
    {
        BucketPlan plan = BucketPlan.Of(new Dictionary<PassSize, long> { [new PassSize(100, 8, 8)] = 3 }, longest: 50);

        Assert.That(plan.Find(new PassSize(101, 8, 8)), Is.Null);
        Assert.That(plan.Find(new PassSize(50, 9, 9)), Is.Null);
        Assert.That(plan.Find(new PassSize(50, 2, 2)), Is.SameAs(plan.Buckets[0]));
    }

    /// <summary>Batches of random lengths, the last of them smaller.</summary>
    private static (Dictionary<PassSize, long> Passes, int Longest) Draw(ulong seed)
    {
        SeededRandom random = new(seed);
        int longest = 4 + random.NextInt(200), batch = 1 + random.NextInt(40);
        Dictionary<PassSize, long> passes = [];
        for (int pass = 0; pass < 1 + random.NextInt(150); pass++)
        {
            int sequences = pass % 10 == 9 ? 1 + random.NextInt(batch) : batch;
            int tokens = Enumerable.Range(0, sequences).Sum(_ => 1 + random.NextInt(longest));
            PassSize size = new(tokens, sequences, sequences);
            passes[size] = passes.GetValueOrDefault(size) + 1;
        }

        return (passes, longest);
    }
}
