using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cuda;
using OrtTrainer.Runtime.Cuda.Nccl;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Tests.Distributed;

namespace OrtTrainer.Tests.Runtime.Cuda.Nccl;

/// <summary>What ranks send by NCCL, with a stand-in for it that moves memory of the host.</summary>
[NonParallelizable]
public sealed class NcclLinkTests
{
    private const int Ranks = 3;

    private static readonly RankPart[] Parts = [new(0, 3), new(3, 0), new(3, 4)];

    [Test]
    public void Spreading_completes_the_buffer_on_every_rank() => Run((rank, link, values) =>
    {
        Fill(values, Parts[rank], rank);

        link.Spread(values, Parts);

        Assert.That(values.Read(0, 7), Is.EqualTo(new float[] { 0, 1, 2, 203, 204, 205, 206 }));
    });

    [Test]
    public void Collecting_completes_it_on_the_first_alone() => Run((rank, link, values) =>
    {
        Fill(values, Parts[rank], rank);

        link.Collect(values, Parts);

        Assert.That(values.Read(0, 7), Is.EqualTo(rank switch
        {
            0 => new float[] { 0, 1, 2, 203, 204, 205, 206 },
            1 => [0, 0, 0, 0, 0, 0, 0],
            _ => [0, 0, 0, 203, 204, 205, 206],
        }));
    });

    [Test]
    public void Exchanging_gives_each_rank_what_the_others_have_for_it() => Run((rank, link, values) =>
    {
        Fill(values, new RankPart(0, 7), rank);
        using WeightBuffer received = new(SimulatedDevice.Instance, 2 * Parts[rank].Length);
        RankPart[] from = [new(0, Parts[rank].Length), new(Parts[rank].Length, Parts[rank].Length), new(0, 0)];

        link.Exchange(values, rank < 2 ? Parts : new RankPart[Ranks], received, from);

        IEnumerable<int> places = Enumerable.Range(Parts[rank].Offset, Parts[rank].Length);
        Assert.That(
            received.Read(0, 2 * Parts[rank].Length),
            Is.EqualTo(places.Concat(places.Select(place => 100 + place)).Select(place => (float)place)));
    });

    [Test]
    public void A_call_that_NCCL_refuses_ends_the_link_with_its_words() => Run((rank, link, values) =>
    {
        RankPart[] unequal = [.. Enumerable.Range(0, Ranks).Select(other => new RankPart(0, other == rank ? 2 : 0))];
        using WeightBuffer received = new(SimulatedDevice.Instance, 7);

        DeviceException refused = Assert.Throws<DeviceException>(
            () => link.Exchange(values, unequal, received, new RankPart[Ranks]))!;

        Assert.That(refused.Message, Is.EqualTo(
            "simulated: NCCL 2.27.7 failed while exchanging gradients: error 5, invalid usage. NCCL_DEBUG=INFO in the "
            + "environment makes it say more; --exchange host does without it."));
        Assert.That(() => link.Spread(values, Parts), Throws.InstanceOf<ObjectDisposedException>());
    });

    [Test]
    public void A_rank_that_has_gone_is_told_as_NCCL_tells_it() => Run((rank, link, values) =>
    {
        if (rank == 1)
        {
            link.Abort();
            return;
        }

        Assert.That(
            () =>
            {
                RankPart[] all = [new(0, 2), new(2, 2), new(4, 2)];
                link.Spread(values, all);
            },
            Throws.InstanceOf<DeviceException>().With.Message.Contains(
                "error 6, remote process exited or there was a network error"));
    });

    [Test]
    public void What_is_missing_is_told_with_file_and_packages()
    {
        StandInNccl.RequireNone();

        (NcclFunctions? functions, DeviceNeed need) = NcclFunctions.Load([]);

        Assert.That(functions, Is.Null);
        Assert.That(need.Problem, Is.EqualTo(
            "libnccl.so.2 is not found; it is for ranks on several devices, which send through the host's memory "
            + "without it. apt install libnccl2 from NVIDIA's repository, or pip install nvidia-nccl-cu13, or name its "
            + "folder in ORTTRAINER_CUDA_LIBRARIES."));
        Assert.That(need.IsOptional);
    }

    [TestCase(0, 1, 1, 4, 0)]
    [TestCase(3, 0, 1, 4, 3)]
    [TestCase(0, 2, 4, 4, 2)]
    public void A_rank_takes_the_device_of_its_number(int named, int rank, int ranks, int devices, int expected) =>
        Assert.That(CudaSurvey.IndexOfRank(named, rank, ranks, devices), Is.EqualTo(expected));

    [Test]
    public void Fewer_devices_than_ranks_are_refused_with_what_to_start() => Assert.That(
        () => CudaSurvey.IndexOfRank(0, 3, 4, 2), Throws.InstanceOf<DeviceException>().With.Message.EqualTo(
            "cuda: 4 ranks run on this machine, which has 2 devices; each takes one of its own. Start 2 here (mpirun "
            + "--map-by ppr:2:node), or let all ranks see all devices where CUDA_VISIBLE_DEVICES hides some."));

    [Test]
    public void One_device_for_several_ranks_is_refused() => Assert.That(
        () => CudaSurvey.IndexOfRank(1, 0, 2, 4), Throws.InstanceOf<DeviceException>().With.Message.EqualTo(
            "cuda:1: 2 ranks of this machine cannot share one device. Give --device cuda, of which each takes its "
            + "own."));

    private static void Fill(WeightBuffer values, RankPart part, int rank) => values.Write(
        part.Offset, [.. Enumerable.Range(part.Offset, part.Length).Select(place => (100f * rank) + place)]);

    private static void Run(Action<int, NcclLink, WeightBuffer> action)
    {
        NcclFunctions functions = StandInNccl.Load();
        Exception?[] failures = ThreadRanks.Run(Ranks, group =>
        {
            using NcclLink link =
                NcclLink.Connect(functions, new SimulatedDevice.NoStream(), SimulatedDevice.Word, group);
            using WeightBuffer values = new(SimulatedDevice.Instance, 7);
            action(group.Rank, link, values);
        });
        Assert.That(failures, Is.All.Null);
    }
}
