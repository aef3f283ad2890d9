using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Runtime.Cuda;
using OrtTrainer.Tests.Tasks.TokenClassification;

namespace OrtTrainer.Tests.Runs;

/// <summary>
/// Whole runs whose passes are filled up to buckets and played back, on a device that pretends to; weights are those
/// of a run whose batches are as they are.
/// </summary>
[NonParallelizable]
public sealed class RecordedRunTests
{
    /// <summary>Of the largest weight.</summary>
    private const double Tolerance = 1e-6;

    private RecordingDevice _device = null!;
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask()
    {
        Device.Unlisted = _device = new RecordingDevice();
        _tiny = new TinyTask();
    }

    [TearDown]
    public void RemoveTask()
    {
        _tiny.Dispose();
        Device.Unlisted = null;
    }

    [TestCase("swa", 1)]
    [TestCase("sam+lawa", 1)]
    [TestCase("ema", 3)]
    public void Weights_are_those_without_buckets(string method, int accumulation)
    {
        FineTuneOptions options = Options("plain", RecordingMode.Off) with
        {
            Method = FineTuneMethod.Parse(method), Accumulation = accumulation, Dropout = 0.1, MaxSteps = 30,
        };
        RunSummary plain = TinyTask.Run(options);
        RunSummary filled = TinyTask.Run(
            options with { Output = _tiny.Output("filled"), CudaGraphs = RecordingMode.On });

        AssertNear("filled", "plain");
        Assert.That(plain.Buckets, Is.Null);
        Assert.That(filled.Buckets, Is.InRange(2, 16));
        Assert.That(filled.BucketPadding, Is.InRange(0.1, 20));
        Assert.That(_device.Played, Has.Count.InRange(2, filled.Buckets!.Value));
        Assert.That(_device.Played.Sum(), Is.GreaterThan(8), "played back");
        Assert.That(filled.EvalLive["loss"], Is.EqualTo(plain.EvalLive["loss"]).Within(1e-5));
    }

    [Test]
    public void Adapters_are_trained_so_too()
    {
        FineTuneOptions options =
            Options("plain", RecordingMode.Off) with { Lora = "r=2,alpha=4", MaxSteps = 20, Dropout = 0.1 };
        TinyTask.Run(options);
        TinyTask.Run(options with { Output = _tiny.Output("filled"), CudaGraphs = RecordingMode.On });

        AssertNear("filled", "plain");
    }

    [TestCase("label-smoothing")]
    [TestCase("focal")]
    [TestCase("tf-reg")]
    [TestCase("poly-1")]
    [TestCase("confidence-penalty")]
    [TestCase("self-distillation")]
    public void Losses_leave_padding_out(string method)
    {
        FineTuneOptions options = Options("plain", RecordingMode.Off) with
        {
            Method = FineTuneMethod.Parse(method), ClassWeights = new() { Balanced = true }, MaxSteps = 20,
        };
        TinyTask.Run(options);
        TinyTask.Run(options with { Output = _tiny.Output("filled"), CudaGraphs = RecordingMode.On });

        AssertNear("filled", "plain");
    }

    [TestCase("regression")]
    [TestCase("multi_label")]
    public void Other_targets_leave_it_out(string task)
    {
        using TinyTask tiny = new(ModelTask.Named(task));
        FineTuneOptions options = tiny.Options("plain") with { Device = RecordingDevice.RecordingWord, MaxSteps = 20 };
        TinyTask.Run(options);
        TinyTask.Run(options with { Output = tiny.Output("filled"), CudaGraphs = RecordingMode.On });

        OtherDeviceTests.AssertNear(tiny.Output("filled"), options.Output, Tolerance);
    }

    [Test]
    public void Tokens_of_padding_have_no_tag()
    {
        using PlaceTask places = new();
        FineTuneOptions options = new()
        {
            Model = places.Model,
            Output = _tiny.Output("plain"),
            Data = new DataOptions
            {
                Train = places.Train, Eval = places.Eval, Task = ModelTask.Named("token-classification"),
            },
            Device = RecordingDevice.RecordingWord, BatchSize = 3, Epochs = 3, MaxLength = 16, Threads = 1,
            Dropout = 0.1,
        };
        TinyTask.Run(options);
        RunSummary filled = TinyTask.Run(
            options with { Output = _tiny.Output("filled"), CudaGraphs = RecordingMode.On });

        AssertNear("filled", "plain");
        Assert.That(filled.Buckets, Is.GreaterThan(1));
    }

    [Test]
    public void Masked_tokens_of_a_step_fit_the_rows_of_a_bucket()
    {
        using TemporaryFolder folder = new();
        TinyCorpus.Write(folder);
        FineTuneOptions options = TinyCorpus.Options(folder, "plain", "swa") with
        {
            Device = RecordingDevice.RecordingWord, MaxSteps = 30, Dropout = 0.1,
        };
        TinyTask.Run(options);
        TinyTask.Run(options with { Output = folder.File("filled"), CudaGraphs = RecordingMode.On });

        OtherDeviceTests.AssertNear(folder.File("filled"), options.Output, Tolerance);
        Assert.That(_device.Played.Sum(), Is.GreaterThan(20));
    }

    [Test]
    public void A_run_that_was_interrupted_goes_on_to_the_same_bits()
    {
        FineTuneOptions options = Options("whole", RecordingMode.On) with
        {
            Method = FineTuneMethod.Parse("swa"), Dropout = 0.1, MaxSteps = 24,
        };
        TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = _tiny.Output("parts") }, interruptedAt: 13);

        AssertSameBits("parts", "whole");
    }

    [Test]
    public void What_auto_measures_does_not_change_a_bit()
    {
        FineTuneOptions options = Options("on", RecordingMode.On) with { Dropout = 0.1, MaxSteps = 40 };
        TinyTask.Run(options);
        EventList events = new();
        TinyTask.Run(
            options with { Output = _tiny.Output("auto"), CudaGraphs = RecordingMode.Auto }, events);

        Assert.That(events.Of<RunEvent.Started>().Single().Buckets, Is.GreaterThan(1));
        AssertSameBits("auto", "on");
    }

    [TestCase("dropout_key")]
    [TestCase("input_ids")]
    public void A_recording_that_keeps_what_belongs_to_one_batch_is_found(string input)
    {
        FineTuneOptions options = Options("plain", RecordingMode.Off) with { Dropout = 0.1, MaxSteps = 24 };
        TinyTask.Run(options);
        Device.Unlisted = new RecordingDevice { Kept = input };
        EventList events = new();
        TinyTask.Run(options with { Output = _tiny.Output("auto"), CudaGraphs = RecordingMode.Auto }, events);

        AssertNear("auto", "plain");
        Assert.That(
            events.Of<RunEvent.Noted>().Select(noted => noted.Message), Has.Some.Match("has loss .* played back: off"));
        Assert.That(
            () => TinyTask.Run(options with { Output = _tiny.Output("on"), CudaGraphs = RecordingMode.On }),
            Throws.InstanceOf<RunException>().With.Message.Contains("keeps what belongs to one batch"));
    }

    [Test]
    public void The_start_tells_the_buckets_and_their_padding()
    {
        EventList events = new();
        RunSummary summary = TinyTask.Run(Options("out", RecordingMode.On) with { MaxSteps = 3 }, events);

        RunEvent.Started started = events.Of<RunEvent.Started>().Single();
        Assert.That((started.Buckets, started.BucketPadding), Is.EqualTo((summary.Buckets, summary.BucketPadding)));
        Assert.That(RunSummary.Read(_tiny.Output("out")).Buckets, Is.EqualTo(summary.Buckets));
    }

    [Test]
    public void A_method_that_runs_examples_twice_is_refused_or_left_as_it_is()
    {
        FineTuneOptions options =
            Options("out", RecordingMode.On) with { Method = FineTuneMethod.Parse("r-drop"), MaxSteps = 2 };

        Assert.That(() => TinyTask.Run(options), Throws.InstanceOf<RunException>().With.Message.EqualTo(
            "CUDA graphs cannot be made of this run: the method runs every example twice in a batch. Leave "
            + "--cuda-graphs out."));

        EventList events = new();
        RunSummary summary = TinyTask.Run(options with { CudaGraphs = RecordingMode.Auto }, events);
        Assert.That(summary.Buckets, Is.Null);
        Assert.That(events.Of<RunEvent.Noted>().Select(noted => noted.Message), Has.Member(
            "CUDA graphs cannot be made of this run: the method runs every example twice in a batch; it runs "
            + "without."));
    }

    [Test]
    public void Function_bodies_are_refused()
    {
        FineTuneOptions options = Options("out", RecordingMode.On) with { Kernels = false, MaxSteps = 2 };

        Assert.That(() => TinyTask.Run(options),
            Throws.InstanceOf<RunException>()
                .With.Message.Contains("function bodies have shapes that follow the data"));
    }

    [TestCase("on")]
    [TestCase("auto")]
    public void A_device_without_graphs_is_refused(string word)
    {
        FineTuneOptions options = Options("out", Enum.Parse<RecordingMode>(word, true)) with { Device = null };

        Assert.That(() => TinyTask.Run(options), Throws.ArgumentException.With.Message.EqualTo(
            $"CudaGraphs is {word}, which a CUDA device has; cpu has no CUDA graphs. Leave it out, or choose such a "
            + "device."));
        Assert.That(Directory.Exists(options.Output), Is.False);
    }

    [Test]
    public void A_run_that_goes_on_on_the_processors_goes_on_without()
    {
        FineTuneOptions options = Options("out", RecordingMode.On) with { MaxSteps = 24 };
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: 5 })
            {
                source.Cancel();
            }
        });
        Assert.That(() => FineTuner.RunAsync(options, events, source.Token).GetAwaiter().GetResult(),
            Throws.InstanceOf<OperationCanceledException>());

        FineTuner.ChangeDevice(options.Output, "cpu");

        Assert.That(FineTuner.Resume(options.Output).Steps, Is.EqualTo(24));
    }

    private FineTuneOptions Options(string output, RecordingMode mode) =>
        _tiny.Options(output) with { Device = RecordingDevice.RecordingWord, CudaGraphs = mode };

    private void AssertSameBits(string actual, string expected)
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(_tiny.Output(expected), "run"), "*.safetensors")
            .Select(file => Path.GetFileName(file))
            .Where(name => !name.StartsWith("checkpoint", StringComparison.Ordinal))];
        Assert.That(files, Is.Not.Empty);
        foreach (string file in files)
        {
            Assert.That(_tiny.RunFile(actual, file).AsSpan().SequenceEqual(_tiny.RunFile(expected, file)), file);
        }
    }

    private void AssertNear(string actual, string expected) =>
        OtherDeviceTests.AssertNear(_tiny.Output(actual), _tiny.Output(expected), Tolerance);
}
