using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Runtime.Cuda;

namespace OrtTrainer.Tests.Distributed;

/// <summary>Ranks on a device give the bits of one process on it, whatever buffers go through.</summary>
[NonParallelizable]
public sealed class RankedDeviceTests
{
    private RankedTask _task = null!;

    [SetUp]
    public void MakeTask()
    {
        Device.Unlisted = SimulatedDevice.Instance;
        _task = new RankedTask();
    }

    [TearDown]
    public void RemoveTask()
    {
        _task.Dispose();
        Device.Unlisted = null;
    }

    [TestCase(2, "swa", OptimizerKind.Adamw)]
    [TestCase(3, "ema", OptimizerKind.Sgd)]
    [TestCase(2, "sam+lawa", OptimizerKind.Adamw)]
    public void Ranks_through_the_memory_of_the_host_give_the_bits_of_one_process(
        int ranks, string words, OptimizerKind optimizer)
    {
        TinyTask.Run(Options("one", words, optimizer));

        Exception?[] failures =
            RankedTask.Run(ranks, Options("ranks", words, optimizer), path: BufferPath.Host);

        Assert.That(failures, Is.All.Null);
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
        Assert.That(RunLines.Untimed(_task.Task, "ranks"), Is.EqualTo(RunLines.Untimed(_task.Task, "one")));
    }

    [Test]
    public void Another_number_of_ranks_goes_on_on_the_device_to_the_same_bits()
    {
        TinyTask.Run(Options("one", "swa", OptimizerKind.Adamw));
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: 2 })
            {
                source.Cancel();
            }
        });
        FineTuneOptions options = Options("ranks", "swa", OptimizerKind.Adamw);

        Exception?[] failures = RankedTask.Run(3, options, events: events, cancellation: source.Token);
        FineTuner.Resume(options.Output);

        Assert.That(failures[0], Is.InstanceOf<OperationCanceledException>());
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
    }

    [Test]
    public void NCCL_is_refused_where_the_device_is_none_of_NVIDIA()
    {
        Exception?[] failures = RankedTask.Run(2, _task.Options("ranks"), path: BufferPath.Nccl);

        Assert.That(failures[0], Is.InstanceOf<DeviceException>().With.Message.EqualTo(
            "cpu: NCCL is for ranks on CUDA devices; leave --exchange out."));
        Assert.That(failures[1], Is.InstanceOf<OrtTrainer.Distributed.RankStoppedException>());
        Assert.That(Directory.Exists(_task.Task.Output("ranks")), Is.False);
    }

    private FineTuneOptions Options(string output, string words, OptimizerKind optimizer)
    {
        FineTuneMethod method = FineTuneMethod.Parse(words);
        return _task.Options(output) with
        {
            Method = method.Set(new Lawa { Interval = 1 }) ?? method,
            Optimizer = optimizer,
            Device = SimulatedDevice.Word,
            Dropout = 0.1,
            MaxSteps = 3,
            EvalSteps = 2,
        };
    }
}
