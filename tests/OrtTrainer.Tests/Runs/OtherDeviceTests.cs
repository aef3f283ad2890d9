using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Runtime.Cuda;

namespace OrtTrainer.Tests.Runs;

/// <summary>
/// Whole runs on a device whose memory the host cannot read where it is: weights, gradients, moments and averages lie
/// there, and its kernels change them.
/// </summary>
[NonParallelizable]
public sealed class OtherDeviceTests
{
    // A key's bias has no gradient but rounding, which AdamW turns into whole steps.
    private const string WithoutGradient = ".key.bias";

    // Squares of small differences of weights.
    private const string Variance = "variance.safetensors";

    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask()
    {
        Device.Unlisted = SimulatedDevice.Instance;
        _tiny = new TinyTask();
    }

    [TearDown]
    public void RemoveTask()
    {
        _tiny.Dispose();
        Device.Unlisted = null;
    }

    [Test]
    public void The_embedded_model_is_trained_to_the_weights_of_the_processors()
    {
        string folder = Path.Combine(SharedFiles.RepositoryRoot, "onnx-models", "embedded");
        AssertSameTraining(new FineTuneOptions
        {
            Model = Path.Combine(folder, "encoder"),
            Output = _tiny.Output("embedded"),
            Data = new DataOptions
            {
                Train = Path.Combine(folder, "train.tsv"), Eval = Path.Combine(folder, "eval.tsv"),
            },
            Method = FineTuneMethod.Parse("swa"),
            LearningRate = 1e-3,
            Dropout = 0.1,
            MaxSteps = 12,
            EvalSteps = 6,
            Threads = 1,
        });
    }

    [Test]
    public void MiniLM_in_part_is_trained_to_the_weights_of_the_processors() => TrainMiniLM([0, 5], steps: 6);

    [Test]
    [Explicit("Takes minutes.")]
    public void MiniLM_is_trained_to_the_weights_of_the_processors() => TrainMiniLM(layers: null, steps: 50);

    [TestCase("ema", OptimizerKind.Sgd)]
    [TestCase("sam+lawa", OptimizerKind.Adamw)]
    [TestCase("swag", OptimizerKind.Adamw)]
    public void Other_methods_and_optimizers_run_there_too(string method, OptimizerKind optimizer) =>
        AssertSameTraining(_tiny.Options("tiny") with
        {
            Method = FineTuneMethod.Parse(method), Optimizer = optimizer, Accumulation = 2, MaxSteps = 12,
            KeepBest = true, Mixout = 0.1,
        });

    [Test]
    public void Adapters_are_trained_there_and_merged() =>
        AssertSameTraining(_tiny.Options("tiny") with { Lora = "r=2,alpha=4", MaxSteps = 12 });

    [Test]
    public void An_optimizer_that_is_not_built_there_is_refused_before_anything_is_written()
    {
        FineTuneOptions options =
            _tiny.Options("out") with { Device = SimulatedDevice.Word, Optimizer = OptimizerKind.Adafactor };

        Assert.That(() => TinyTask.Run(options),
            Throws.InstanceOf<DeviceException>().With.Message.Contains("adafactor is built for the processors alone"));
        Assert.That(Directory.Exists(options.Output), Is.False);
    }

    [Test]
    public void A_run_that_does_not_fit_is_refused_before_anything_is_written()
    {
        FineTuneOptions options = _tiny.Options("out") with { Device = SimulatedDevice.Word };
        SimulatedDevice.Instance.Room = 1_000_000;
        try
        {
            Assert.That(() => TinyTask.Run(options),
                Throws.InstanceOf<DeviceException>().With.Message.Contains("bytes are wanted, and 1000000 are free"));
            Assert.That(Directory.Exists(options.Output), Is.False);
        }
        finally
        {
            SimulatedDevice.Instance.Room = long.MaxValue;
        }
    }

    [TestCase(null, SimulatedDevice.Word)]
    [TestCase(SimulatedDevice.Word, "cpu")]
    public void A_run_goes_on_on_another_device(string? first, string second)
    {
        FineTuneOptions options = _tiny.Options("whole") with { Method = FineTuneMethod.Parse("swa"), MaxSteps = 24 };
        TinyTask.Run(options);
        FineTuneOptions moved = options with { Output = _tiny.Output("moved"), Device = first };
        Interrupt(moved, step: 13);

        FineTuner.ChangeDevice(moved.Output, second);
        EventList events = new();
        RunSummary summary = FineTuner.Resume(moved.Output, events);

        RunEvent.Started started = events.Of<RunEvent.Started>().Single();
        Assert.That((started.StartStep, started.Device, summary.Steps), Is.EqualTo((13, second, 24)));
        AssertNear(moved.Output, options.Output);
    }

    [Test]
    public void A_run_whose_device_is_unknown_cannot_go_on_and_is_left_as_it_is()
    {
        FineTuneOptions options = _tiny.Options("out") with { MaxSteps = 24 };
        Interrupt(options, step: 3);
        byte[] before = _tiny.RunFile("out", "options.json");

        Assert.That(() => FineTuner.ChangeDevice(options.Output, "gpu"),
            Throws.ArgumentException.With.Message.Contains("The device 'gpu' is not in this build"));
        Assert.That(_tiny.RunFile("out", "options.json"), Is.EqualTo(before));
    }

    private void TrainMiniLM(IReadOnlyList<int>? layers, long steps)
    {
        string data = SharedFiles.SharedPath("data", "trec", "train.tsv");
        AssertSameTraining(new FineTuneOptions
        {
            Model = SharedFiles.SharedPath("models", "all-MiniLM-L6-v2"),
            Output = _tiny.Output("minilm"),
            Data = new DataOptions { Train = Head(data, 400) },
            Layers = layers,
            Method = FineTuneMethod.Parse("swa"),
            BatchSize = 8,
            MaxLength = 32,
            MaxSteps = steps,
            Threads = 2,
        });
    }

    private static void Interrupt(FineTuneOptions options, long step)
    {
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped stepped && stepped.Report.Step == step)
            {
                source.Cancel();
            }
        });
        Assert.That(() => FineTuner.Run(options, events, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private void AssertSameTraining(FineTuneOptions options)
    {
        FineTuneOptions there =
            options with { Output = _tiny.Output("there"), Device = SimulatedDevice.Word };
        RunSummary expected = TinyTask.Run(options);
        EventList events = new();

        RunSummary actual = TinyTask.Run(there, events);

        Assert.That(events.Of<RunEvent.Started>().Single().Device, Is.EqualTo(SimulatedDevice.Word));
        Assert.That(actual.Live, Is.EqualTo(expected.Live).Within(1e-6));
        Assert.That(actual.Averaged ?? -1, Is.EqualTo(expected.Averaged ?? -1).Within(1e-6));
        AssertNear(there.Output, options.Output);
        Assert.That(
            Directory.GetFiles(there.Output).Select(Path.GetFileName).Order(),
            Is.EqualTo(Directory.GetFiles(options.Output).Select(Path.GetFileName).Order()));
    }

    internal static void AssertNear(string actual, string expected, double tolerance = 1e-5)
    {
        string[] names = [.. Directory.GetFiles(Path.Combine(expected, "run"), "*.safetensors")
            .Select(file => Path.GetFileName(file))
            .Where(name => !name.StartsWith("checkpoint", StringComparison.Ordinal))];
        Assert.That(names, Is.Not.Empty);
        foreach (string name in names)
        {
            double worst = 0;
            string where = "";
            using SafetensorsFile one = SafetensorsFile.OpenFile(Path.Combine(actual, "run", name));
            using SafetensorsFile other = SafetensorsFile.OpenFile(Path.Combine(expected, "run", name));
            Assert.That(one.Names, Is.EqualTo(other.Names));
            string[] tensors =
                [.. other.Names.Where(tensor => !tensor.EndsWith(WithoutGradient, StringComparison.Ordinal))];
            float[][] values = [.. tensors.Select(tensor => Read(other, tensor))];
            float[][] others = [.. tensors.Select(tensor => Read(one, tensor))];
            double largest = values.Max(tensor => tensor.Max(Math.Abs));
            for (int i = 0; i < tensors.Length; i++)
            {
                for (int j = 0; j < values[i].Length; j++)
                {
                    double apart = Math.Abs((double)values[i][j] - others[i][j]) / largest;
                    if (!(apart <= worst))
                    {
                        (worst, where) = (apart, $"{name}, {tensors[i]}, element {j}");
                    }
                }
            }

            TestContext.Out.WriteLine($"largest difference {worst:G3} of the largest, {where}");
            Assert.That(worst, Is.LessThan(name == Variance ? 10 * tolerance : tolerance), where);
        }
    }

    private static float[] Read(SafetensorsFile file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info));
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }

    private string Head(string file, int lines)
    {
        string copy = _tiny.Output("head.tsv");
        File.WriteAllLines(copy, File.ReadLines(file).Take(lines + 1));
        return copy;
    }
}
