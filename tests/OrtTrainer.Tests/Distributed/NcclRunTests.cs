using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cuda;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Runtime.Cuda;
using OrtTrainer.Tests.Runtime.Cuda.Nccl;

namespace OrtTrainer.Tests.Distributed;

/// <summary>
/// Ranks as processes of the real Open MPI, each on a simulated device, that send by a stand-in for NCCL.
/// </summary>
[NonParallelizable]
public sealed class NcclRunTests
{
    private RankedTask _task = null!;

    private string Log => _task.Task.Output("nccl.log");

    [SetUp]
    public void MakeTask()
    {
        MpiRun.Require();
        Device.Unlisted = SimulatedDevice.Instance;
        _task = new RankedTask();
    }

    [TearDown]
    public void RemoveTask()
    {
        _task?.Dispose();
        Device.Unlisted = null;
    }

    [Test]
    public void Ranks_that_send_by_NCCL_give_the_bits_of_one_process()
    {
        TinyTask.Run(Options("one"));

        using MpiRun run = Start(3, [], "--exchange", "nccl");
        (int code, string output, string error) = run.Wait();

        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Contain("Ranks send by NCCL 2.27.7."));
        Assert.That(output, Does.Contain("simulated, 3 ranks of 1 thread"));
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
        Assert.That(RunLines.Untimed(_task.Task, "ranks"), Is.EqualTo(RunLines.Untimed(_task.Task, "one")));
        string[] log = File.ReadAllLines(Log);
        Assert.That(log, Has.Length.EqualTo(3).And.All.Not.Contain(" 0 bytes"));
    }

    [Test]
    public void Without_NCCL_a_run_says_that_it_sends_through_the_memory_of_the_host()
    {
        StandInNccl.RequireNone();
        TinyTask.Run(Options("one"));

        using MpiRun run = Start(2, new() { [CudaLibrary.Variable] = "" });
        (int code, string output, string error) = run.Wait();

        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Contain(
            "NCCL is not found (libnccl.so.2): gradients go through the host's memory."));
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
    }

    [Test]
    public void NCCL_that_is_missing_where_it_is_asked_for_is_told_once_with_its_packages()
    {
        StandInNccl.RequireNone();
        using MpiRun run = Start(2, new() { [CudaLibrary.Variable] = "" }, "--exchange", "nccl");
        (int code, _, string error) = run.Wait();

        Assert.That(code, Is.Not.Zero);
        Assert.That(error.Split("error: "), Has.Length.EqualTo(2), error);
        Assert.That(error, Does.Contain("libnccl.so.2 is not found"));
        Assert.That(error, Does.Contain("apt install libnccl2").And.Contain("pip install nvidia-nccl-cu13"));
        Assert.That(Directory.Exists(_task.Task.Output("ranks")), Is.False);
    }

    [Test]
    public void A_version_that_cannot_send_is_refused_with_the_one_that_can()
    {
        using MpiRun run = Start(2, new() { ["STAND_IN_NCCL_VERSION"] = "2604" }, "--exchange", "nccl");
        (int code, _, string error) = run.Wait();

        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain("is NCCL 2.6.4; ranks need 2.7.0 or newer."));
    }

    [TestCase("1:0:2", "rank 1 on ", "NCCL 2.27.7 failed while connecting the ranks: error 2, unhandled system error")]
    [TestCase("1:7:1", "rank 1 on ", "NCCL 2.27.7 failed while exchanging gradients: error 1, unhandled cuda error")]
    [TestCase("0:3:1", "rank 0 on ", "NCCL 2.27.7 failed while spreading weights: error 1, unhandled cuda error")]
    [TestCase("0:4:1", "rank 0 on ", "NCCL 2.27.7 failed while collecting weights: error 1, unhandled cuda error")]
    public void A_failure_of_NCCL_on_one_rank_ends_all(string failure, string where, string what)
    {
        using MpiRun run = Start(2, new() { ["STAND_IN_NCCL_FAIL"] = failure }, "--exchange", "nccl");
        (int code, _, string error) = run.Wait();

        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain(where).And.Contain(what));
    }

    [Test]
    public void A_rank_that_is_killed_while_it_sends_ends_all_and_the_run_goes_on_to_the_same_bits()
    {
        TinyTask.Run(Options("one"));
        using (MpiRun run = Start(2, new() { ["STAND_IN_NCCL_FAIL"] = "1:14:-1" }))
        {
            (int code, _, string error) = run.Wait();
            Assert.That(code, Is.Not.Zero);
            Assert.That(error, Does.Contain("signal 9").Or.Contain("Killed").Or.Contain("error 6"), error);
        }

        using MpiRun second = MpiRun.Start(
            3, Environment([]), "finetune", "--resume", _task.Task.Output("ranks"), "--distributed", "mpi");
        (int again, _, string problem) = second.Wait();

        Assert.That(again, Is.Zero, problem);
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
    }

    [Test]
    public void A_way_to_send_without_ranks_is_bad_usage()
    {
        using MpiRun run = MpiRun.Start(1, "finetune", "--options", OptionsFile(), "--exchange", "nccl");
        (int code, _, string error) = run.Wait();

        Assert.That(code, Is.EqualTo(2));
        Assert.That(error, Does.Contain(
            "--exchange is how ranks send; add --distributed mpi, or leave --exchange out."));
    }

    private FineTuneOptions Options(string output) => _task.Options(output) with
    {
        Method = FineTuneMethod.Parse("swa"),
        Device = SimulatedDevice.Word,
        CheckpointSeconds = 0,
        MaxSteps = 4,
        EvalSteps = 2,
    };

    private string OptionsFile()
    {
        string file = _task.Task.Output("ranks.json");
        File.WriteAllText(file, JsonSerializer.Serialize(Options("ranks"), RunJson.Options));
        return file;
    }

    private Dictionary<string, string> Environment(Dictionary<string, string> more)
    {
        Dictionary<string, string> all = new()
        {
            [StandInNccl.Variable] = "1",
            ["STAND_IN_NCCL_LOG"] = Log,
        };
        foreach ((string name, string value) in more)
        {
            all[name] = value;
        }

        if (!all.ContainsKey(CudaLibrary.Variable))
        {
            all[CudaLibrary.Variable] = StandInNccl.Folder;
        }

        return all;
    }

    private MpiRun Start(int ranks, Dictionary<string, string> more, params string[] words) => MpiRun.Start(
        ranks, Environment(more), ["finetune", "--options", OptionsFile(), "--distributed", "mpi", .. words]);
}
