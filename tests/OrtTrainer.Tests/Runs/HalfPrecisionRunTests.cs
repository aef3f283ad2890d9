using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime.Cuda;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Runs;

/// <summary>Runs with products of float16, whose loss is scaled, on a device that is simulated.</summary>
[NonParallelizable]
public sealed class HalfPrecisionRunTests
{
    // Products of float16 end at 2^16: the first steps of the tiny task overflow.
    private const float TooLarge = 1 << 26;

    private float _first;
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask()
    {
        _first = LossScale.First;
        Device.Unlisted = SimulatedDevice.Instance;
        _tiny = new TinyTask();
    }

    [TearDown]
    public void RemoveTask()
    {
        _tiny.Dispose();
        Device.Unlisted = null;
        LossScale.First = _first;
    }

    [TestCase("ema", "")]
    [TestCase("sam+lawa", "")]
    [TestCase("swa", "r=2,alpha=4")]
    public void Losses_and_weights_are_near_those_of_float32(string method, string lora)
    {
        FineTuneOptions options = Options("fp32") with
        {
            Precision = Precision.Fp32, Method = FineTuneMethod.Parse(method), MaxSteps = 12, Accumulation = 2,
            Mixout = lora.Length == 0 ? 0.1 : null, Lora = lora.Length == 0 ? null : lora,
        };
        (double[] expected, _) = Losses(options);

        (double[] actual, RunSummary summary) =
            Losses(options with { Precision = Precision.Fp16, Output = _tiny.Output("fp16") });

        Assert.That(actual, Is.Not.EqualTo(expected), "products are of float16");
        Assert.That(actual, Is.EqualTo(expected).Within(0.02));
        Assert.That((summary.SkippedSteps, summary.LossScale), Is.EqualTo((0, 65536f)));
        Assert.That(Apart("fp16", "fp32"), Is.LessThan(0.02));
    }

    [Test]
    public void Steps_that_overflow_are_left_out_told_and_counted()
    {
        LossScale.First = TooLarge;
        EventList events = new();

        RunSummary summary = TinyTask.Run(Options("out") with { MaxSteps = 16 }, events);

        StepReport[] steps = [.. events.Of<RunEvent.Stepped>().Select(e => e.Report)];
        int skipped = steps.Count(step => step.IsSkipped);
        Assert.That(skipped, Is.InRange(1, 15));
        Assert.That(steps.Select(step => step.Step), Is.EqualTo(Enumerable.Range(1, 16)));
        for (int i = 1; i < steps.Length; i++)
        {
            Assert.That(steps[i].LossScale, Is.EqualTo(steps[i - 1].LossScale / (steps[i - 1].IsSkipped ? 2 : 1)));
        }

        Assert.That((summary.Steps, summary.SkippedSteps, summary.LossScale),
            Is.EqualTo((16, skipped, TooLarge / (1 << skipped))));
        Assert.That(RunLines.Of(_tiny, "out").Where(line => line["eval"] is null)
            .Select(line => (line["loss_scale"]!.GetValue<float>(), line["skipped"]!.GetValue<bool>())),
            Is.EqualTo(steps.Select(step => (step.LossScale!.Value, step.IsSkipped))));
    }

    [TestCase(2)]
    [TestCase(13)]
    public void An_interrupted_run_goes_on_to_the_same_bits(long interruptedAt)
    {
        LossScale.First = TooLarge;
        FineTuneOptions options = Options("whole") with { Method = FineTuneMethod.Parse("ema"), MaxSteps = 20 };
        TinyTask.Run(options);

        TinyTask.RunInParts(options with { Output = _tiny.Output("cut") }, interruptedAt);

        foreach (string file in new[] { "last.safetensors", "averaged.safetensors" })
        {
            Assert.That(_tiny.RunFile("cut", file), Is.EqualTo(_tiny.RunFile("whole", file)), file);
        }

        Assert.That(RunLines.Untimed(_tiny, "cut"), Is.EqualTo(RunLines.Untimed(_tiny, "whole")));
        Assert.That(State("cut"), Is.EqualTo(State("whole")).And.Contains("\"good_steps\":"));
    }

    [Test]
    public void Weights_that_diverge_end_the_run_when_the_scale_is_exhausted()
    {
        LossScale.First = LossScale.Least;

        Assert.That(() => TinyTask.Run(Options("out") with { LearningRate = 1e30 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("less does not help"));
    }

    [Test]
    public void A_run_is_not_moved_to_a_device_without_its_precision()
    {
        FineTuneOptions options = Options("out") with { MaxSteps = 4 };
        TinyTask.Run(options);
        byte[] before = _tiny.RunFile("out", "options.json");

        Assert.That(() => FineTuner.ChangeDevice(options.Output, "cpu"),
            Throws.ArgumentException.With.Message.Contains("Precision is fp16"));
        Assert.That(_tiny.RunFile("out", "options.json"), Is.EqualTo(before));
    }

    [Test]
    public void Processors_refuse_what_only_cards_compute_before_anything_is_written(
        [Values(Precision.Tf32, Precision.Fp16)] Precision precision, [Values] bool kernels)
    {
        FineTuneOptions options = Options("out") with { Precision = precision, Device = null, Kernels = kernels };

        Assert.That(() => TinyTask.Run(options), Throws.ArgumentException.With.Message.EqualTo(
            $"Precision is {precision.ToString().ToLowerInvariant()}, which CUDA devices have and the processors have "
            + "not. Take fp32 or bf16, or --device cuda."));
        Assert.That(Directory.Exists(options.Output), Is.False);
    }

    private FineTuneOptions Options(string output) => _tiny.Options(output) with
    {
        Precision = Precision.Fp16, Device = SimulatedDevice.Word, LearningRate = 1e-3,
    };

    private static (double[] Losses, RunSummary Summary) Losses(FineTuneOptions options)
    {
        EventList events = new();
        RunSummary summary = TinyTask.Run(options, events);
        return ([.. events.Of<RunEvent.Stepped>().Select(e => (double)e.Report.Loss)], summary);
    }

    private string State(string output)
    {
        using RunCheckpointFile file =
            RunCheckpointFile.Read(Path.Combine(_tiny.Output(output), "run", "checkpoint.safetensors"));
        return file.State["loss_scale"];
    }

    /// <summary>The largest difference between the weights of two runs, of the largest weight.</summary>
    private double Apart(string output, string expected)
    {
        using SafetensorsFile one = SafetensorsFile.OpenFile(
            Path.Combine(_tiny.Output(output), "run", "last.safetensors"));
        using SafetensorsFile other = SafetensorsFile.OpenFile(
            Path.Combine(_tiny.Output(expected), "run", "last.safetensors"));
        double worst = 0, largest = 0;
        foreach (string name in other.Names)
        {
            float[] actual = Read(one, name), values = Read(other, name);
            largest = Math.Max(largest, values.Max(Math.Abs));
            worst = Math.Max(worst, actual.Zip(values, (a, b) => Math.Abs((double)a - b)).Max());
        }

        TestContext.Out.WriteLine($"largest difference {worst / largest:G3} of the largest");
        return worst / largest;
    }

    private static float[] Read(SafetensorsFile file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info));
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
