using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Runs;

/// <summary>Step rules, further averages, mixout and layer-wise rates as parts of whole runs.</summary>
public sealed class RunBaselineTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase("sam", 17)]
    [TestCase("asam+swa", 33)]
    [TestCase("lookahead", 3)]
    [TestCase("lookahead", 22)]
    [TestCase("lawa", 13)]
    [TestCase("sam+lawa", 39)]
    [TestCase("swag", 31)]
    [TestCase("r-drop+sam+ema", 20)]
    [TestCase("finetune", 20, 0.3, 0.8)]
    [TestCase("sam+swag", 25, 0.3, 0.8)]
    public void A_cancelled_run_goes_on_to_the_same_bits(
        string method, int step, double? mixout = null, double layerDecay = 1)
    {
        FineTuneOptions options = Options(method) with
        {
            Mixout = mixout, LayerDecay = layerDecay, Accumulation = 2, Epochs = 10,
        };
        RunSummary whole = TinyTask.Run(options with { Output = _tiny.Output("whole") });
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped stepped && stepped.Report.Step == step)
            {
                source.Cancel();
            }
        });
        Assert.That(() => FineTuner.RunAsync(options, events, source.Token).GetAwaiter().GetResult(),
            Throws.InstanceOf<OperationCanceledException>());

        RunSummary resumed = FineTuner.ResumeAsync(_tiny.Output("out")).GetAwaiter().GetResult();

        Assert.That(RunLines.Untimed(_tiny, "out"), Is.EqualTo(RunLines.Untimed(_tiny, "whole")));
        Assert.That((resumed.Live, resumed.Averaged, resumed.Sampled),
            Is.EqualTo((whole.Live, whole.Averaged, whole.Sampled)));
        string[] files = [.. Directory.GetFiles(Path.Combine(_tiny.Output("whole"), "run"), "*.safetensors")
            .Select(Path.GetFileName).OfType<string>()
            .Where(f => !f.StartsWith("checkpoint", StringComparison.Ordinal))];
        Assert.That(files, Does.Contain("last.safetensors"));
        foreach (string file in files)
        {
            Assert.That(_tiny.RunFile("out", file), Is.EqualTo(_tiny.RunFile("whole", file)), file);
        }
    }

    [TestCase("sam", null)]
    [TestCase("asam", null)]
    [TestCase("lookahead", null)]
    [TestCase("lawa", null)]
    [TestCase("swag", null)]
    [TestCase("finetune", 0.2)]
    public void The_loss_falls(string method, double? mixout)
    {
        using TinyTask larger = new(rows: 240);
        EventList events = new();

        TinyTask.Run(Options(method) with
        {
            Output = larger.Output("out"), Data = larger.Options("out").Data, Epochs = 8, Dropout = 0, Mixout = mixout,
        }, events);

        float[] losses = [.. events.Of<RunEvent.Stepped>().Select(e => e.Report.Loss)];
        Assert.That(losses[^8..].Average(), Is.LessThan(0.7 * losses[..8].Average()));
    }

    [Test]
    public void Rates_fall_from_head_to_embeddings()
    {
        const double Rate = 1e-3;
        const double Decay = 0.5;
        FineTuneOptions options = Options("finetune") with
        {
            MaxSteps = 1, LearningRate = Rate, LayerDecay = Decay, Warmup = 0, WeightDecay = 0, Dropout = 0,
            Schedule = OrtTrainer.Training.Schedules.ScheduleKind.Constant,
        };
        TinyTask.Run(options);
        Dictionary<string, float[]> before = TensorFile.Read(Path.Combine(_tiny.Model, "model.safetensors"));
        Dictionary<string, float[]> after = RunWeights("out", "last");

        // The first step of Adam is the rate itself wherever the gradient is far above its epsilon.
        Assert.That(Moved("classifier.weight"), Is.EqualTo(Rate).Within(0.01 * Rate));
        Assert.That(Moved("bert.pooler.dense.weight"), Is.EqualTo(Rate).Within(0.01 * Rate));
        Assert.That(Moved("bert.encoder.layer.1.output.dense.weight"), Is.EqualTo(Rate * Decay).Within(0.01 * Rate));
        Assert.That(Moved("bert.encoder.layer.0.attention.self.query.weight"),
            Is.EqualTo(Rate * Decay * Decay).Within(0.01 * Rate));
        Assert.That(Moved("bert.embeddings.word_embeddings.weight"),
            Is.EqualTo(Rate * Math.Pow(Decay, 3)).Within(0.01 * Rate));

        double Moved(string name) => after[name].Zip(before[name], (a, b) => Math.Abs((double)a - b)).Max();
    }

    [Test]
    public void Lookahead_s_slow_weights_go_half_the_way_of_a_plain_run()
    {
        FineTuneOptions options = Options("finetune") with
        {
            MaxSteps = 5, Schedule = OrtTrainer.Training.Schedules.ScheduleKind.Constant,
        };
        TinyTask.Run(options with { Output = _tiny.Output("plain") });

        RunSummary summary = TinyTask.Run(options with { Method = FineTuneMethod.Parse("lookahead") });

        Dictionary<string, float[]> start = TensorFile.Read(Path.Combine(_tiny.Model, "model.safetensors"));
        Dictionary<string, float[]> plain = RunWeights("plain", "last");
        Dictionary<string, float[]> live = RunWeights("out", "last");
        Dictionary<string, float[]> slow = RunWeights("out", "averaged");
        foreach ((string name, float[] values) in slow)
        {
            Assert.That(live[name], Is.EqualTo(values), $"{name}: the fast weights start again from the slow ones");
            float[] expected = [.. start[name].Zip(plain[name], (s, p) => s + (0.5f * (p - s)))];
            Assert.That(values, Is.EqualTo(expected).Within(1e-6), name);
        }

        Assert.That(summary.NAveraged, Is.EqualTo(1));
    }

    private FineTuneOptions Options(string method) => _tiny.Options("out") with
    {
        EvalSteps = 7,
        Method = FineTuneMethod.Of(
            [.. FineTuneMethod.Parse(method).Parts.Select(part => part switch
            {
                Lawa lawa => lawa with { Window = 3, Interval = 4 },
                Swag swag => swag with { Samples = 3 },
                _ => part,
            })]),
    };

    private Dictionary<string, float[]> RunWeights(string output, string name) =>
        TensorFile.Read(Path.Combine(_tiny.Output(output), "run", name + ".safetensors"));
}
