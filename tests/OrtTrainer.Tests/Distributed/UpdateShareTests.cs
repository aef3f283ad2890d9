using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Tests.Distributed;

public sealed class UpdateShareTests
{
    [TestCase(1, 1)]
    [TestCase(130, 4)]
    [TestCase(3_000_000, 4)]
    [TestCase(3_000_000, 7)]
    public void Parts_follow_each_other_and_cover_the_buffer(int elements, int ranks)
    {
        WeightLayout layout = WeightLayout.Pack([("weight", [elements], true)]);
        List<IReadOnlyList<RankPart>> seen = [];

        Exception?[] failures = ThreadRanks.Run(ranks, group =>
        {
            IReadOnlyList<RankPart> parts = new UpdateShare(group).PartsOf(layout);
            lock (seen)
            {
                seen.Add(parts);
            }
        });

        Assert.That(failures, Is.All.Null);
        Assert.That(seen, Is.All.EqualTo(seen[0]));
        int end = 0;
        foreach (RankPart part in seen[0])
        {
            Assert.That(part.Offset, Is.EqualTo(end));
            end += part.Length;
        }

        Assert.That(end, Is.EqualTo(layout.Length));
        Assert.That(seen[0], Has.Count.EqualTo(ranks));
    }

    [TestCase(3, 10)]
    [TestCase(4, 2)]
    public void Completing_gives_every_rank_the_values_of_all(int ranks, int chunks)
    {
        double[] expected = [.. Enumerable.Range(0, chunks).Select(chunk => chunk + 0.5)];
        List<double[]> completed = [];

        Exception?[] failures = ThreadRanks.Run(ranks, group =>
        {
            UpdateShare share = new(group);
            double[] values = new double[chunks];
            (int first, int end) = share.ChunksOf(chunks);
            for (int chunk = first; chunk < end; chunk++)
            {
                values[chunk] = expected[chunk];
            }

            share.Complete(values);
            lock (completed)
            {
                completed.Add(values);
            }
        });

        Assert.That(failures, Is.All.Null);
        Assert.That(completed, Has.Count.EqualTo(ranks));
        Assert.That(completed, Is.All.EqualTo(expected));
    }

    [Test]
    public void One_process_updates_everything()
    {
        WeightLayout layout = WeightLayout.Pack([("weight", [300_000], true)]);

        Assert.That(UpdateShare.Whole.IsWhole);
        Assert.That(UpdateShare.Whole.PartsOf(layout), Is.EqualTo(new[] { new RankPart(0, layout.Length) }));
        Assert.That(UpdateShare.Whole.ChunksOf(layout.Chunks), Is.EqualTo((0, layout.Chunks)));
    }
}
