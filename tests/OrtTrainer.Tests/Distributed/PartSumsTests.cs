using System.Runtime.InteropServices;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Runtime.Cuda;
using OrtTrainer.Tests.Runtime.Updates;

namespace OrtTrainer.Tests.Distributed;

/// <summary>Sums over ranks are those of whole buffers, though only written blocks are sent.</summary>
[NonParallelizable]
public sealed class PartSumsTests
{
    private const int Ranks = 3;
    private const double Written = 0.1;

    private static readonly WeightLayout Layout = WeightLayout.Pack(
        [("table", [2_000, 128], true), ("weight", [300, 200], true), ("bias", [17], false)]);

    [Test]
    public void Sums_of_sparse_buffers_have_the_bits_of_whole_ones(
        [Values("cpu", SimulatedDevice.Word)] string word, [Values(1, 2, 3)] int senders)
    {
        Device device = word == SimulatedDevice.Word ? SimulatedDevice.Instance : Device.Default;
        Step[] steps = [new(1, Ranks), new(2, senders)];
        float[] expected = new float[Layout.Length];
        foreach (Step step in steps)
        {
            Array.Clear(expected);
            for (int rank = 0; rank < step.Senders; rank++)
            {
                float[] gradients = step.GradientsOf(rank);
                for (int i = 0; i < expected.Length; i++)
                {
                    expected[i] = rank == 0 ? gradients[i] : expected[i] + gradients[i];
                }
            }
        }

        float[] actual = new float[Layout.Length];
        Exception?[] failures = ThreadRanks.Run(Ranks, group =>
        {
            IReadOnlyList<RankPart> parts = new UpdateShare(group).PartsOf(Layout);
            using PartSums sums = new(Layout, device, group, parts);
            foreach (Step step in steps)
            {
                using WeightBuffer gradients = new(device, Layout.Length);
                gradients.Write(0, step.GradientsOf(group.Rank));
                sums.Add(gradients, step.WrittenOf(group.Rank), step.Senders, replaces: true);
            }

            RankPart own = parts[group.Rank];
            sums.Values.Read(own.Offset, actual.AsSpan(own.Offset, own.Length));
            RequireZeroWhereUnwritten(sums, own);
        });

        Assert.That(failures, Is.All.Null);
        Assert.That(
            MemoryMarshal.Cast<float, int>(actual).ToArray(),
            Is.EqualTo(MemoryMarshal.Cast<float, int>(expected).ToArray()));
    }

    [Test]
    public void What_is_not_written_is_not_sent()
    {
        long sent = 0;
        Exception?[] failures = ThreadRanks.Run(Ranks, group =>
        {
            Step step = new(1, Ranks);
            using PartSums sums = new(Layout, Device.Default, group, new UpdateShare(group).PartsOf(Layout));
            using WeightBuffer gradients = new(Device.Default, Layout.Length);
            gradients.Write(0, step.GradientsOf(group.Rank));
            sums.Add(gradients, step.WrittenOf(group.Rank), Ranks, replaces: true);
            if (group.IsFirst)
            {
                sent = group.Sent;
            }
        });

        Assert.That(failures, Is.All.Null);
        long blocks = Enumerable.Range(0, Ranks).Sum(rank => (long)new Step(1, Ranks).WrittenOf(rank).Marked);
        Assert.That(
            sent, Is.EqualTo((blocks * WeightLayout.BlockLength * sizeof(float)) + (Ranks * (long)Layout.Blocks)));
        Assert.That(blocks, Is.LessThan(Ranks * Layout.Blocks / 2));
    }

    private static void RequireZeroWhereUnwritten(PartSums sums, RankPart own)
    {
        for (int block = own.Offset / WeightLayout.BlockLength;
            block < (own.Offset + own.Length) / WeightLayout.BlockLength; block++)
        {
            if (!sums.Written[block])
            {
                Assert.That(
                    sums.Values.Read((long)block * WeightLayout.BlockLength, WeightLayout.BlockLength), Is.All.Zero);
            }
        }
    }

    /// <summary>Gradients of a step: a few rows of a table and all of the rest, with zeros of both signs.</summary>
    private sealed record Step(int Seed, int Senders)
    {
        public float[] GradientsOf(int rank)
        {
            BlockMap written = WrittenOf(rank);
            float[] values = FlatValues.Random(Layout, (Seed * 100) + rank);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = !written[i / WeightLayout.BlockLength] ? 0
                    : i % 3 == 0 ? -0f
                    : values[i];
            }

            return values;
        }

        public BlockMap WrittenOf(int rank)
        {
            BlockMap written = new(Layout);
            written.Mark(Layout.Segments[1].Offset, Layout.Length - Layout.Segments[1].Offset);
            Random random = new((Seed * 100) + rank);
            for (int block = 0; block < Layout.Segments[0].Length / WeightLayout.BlockLength; block++)
            {
                written[block] = random.NextDouble() < Written;
            }

            return written;
        }
    }
}
