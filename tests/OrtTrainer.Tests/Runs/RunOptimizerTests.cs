using System.Text.Json.Nodes;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Tests.Runs;

/// <summary>Runs with every optimizer, from options to a resumed end.</summary>
public sealed class RunOptimizerTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase(OptimizerKind.Adamw, 5e-3)]
    [TestCase(OptimizerKind.Sgd, 0.1)]
    [TestCase(OptimizerKind.Adafactor, 0.05)]
    public void Every_optimizer_learns_the_task(OptimizerKind optimizer, double rate)
    {
        RunSummary summary = TinyTask.Run(_tiny.Options("out") with
        {
            Optimizer = optimizer, LearningRate = rate, Epochs = 15, Dropout = 0,
        });

        Assert.That(summary.Live, Is.GreaterThan(0.7));
    }

    [TestCase(OptimizerKind.Sgd)]
    [TestCase(OptimizerKind.Adafactor)]
    public void An_interrupted_run_goes_on_to_the_same_bits(OptimizerKind optimizer)
    {
        FineTuneOptions options =
            _tiny.Options("whole") with { Optimizer = optimizer, Method = FineTuneMethod.Parse("ema") };
        TinyTask.Run(options);

        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: 17 })
            {
                source.Cancel();
            }
        });
        Assert.That(
            () => FineTuner.RunAsync(options with { Output = _tiny.Output("cut") }, events, source.Token)
                .GetAwaiter().GetResult(),
            Throws.InstanceOf<OperationCanceledException>());
        FineTuner.ResumeAsync(_tiny.Output("cut")).GetAwaiter().GetResult();

        foreach (string file in new[] { "last.safetensors", "averaged.safetensors" })
        {
            Assert.That(_tiny.RunFile("cut", file), Is.EqualTo(_tiny.RunFile("whole", file)), file);
        }
    }

    [Test]
    public void The_optimizer_and_its_settings_are_part_of_the_fingerprint()
    {
        FineTuneOptions options = _tiny.Options("out");
        string[] fingerprints =
        [
            FingerprintOf(options),
            FingerprintOf(options with { Optimizer = OptimizerKind.Adafactor }),
            FingerprintOf(options with { Optimizer = OptimizerKind.Sgd }),
            FingerprintOf(options with { Optimizer = OptimizerKind.Sgd, Momentum = 0.5 }),
            FingerprintOf(options with { Optimizer = OptimizerKind.Sgd, Nesterov = true }),
        ];

        Assert.That(fingerprints, Is.Unique);
    }

    [Test]
    public void Options_are_written_as_the_command_line_says_them_and_read_back()
    {
        FineTuneOptions options = _tiny.Options("out") with { Optimizer = OptimizerKind.Sgd, Momentum = 0.75 };

        JsonObject json = options.ToJson();

        Assert.That((string?)json["optimizer"], Is.EqualTo("sgd"));
        Assert.That((double?)json["momentum"], Is.EqualTo(0.75));
        Assert.That((string?)_tiny.Options("out").ToJson()["optimizer"], Is.EqualTo("adamw"));
    }

    [Test]
    public void Settings_of_another_optimizer_are_refused_by_name()
    {
        FineTuneOptions options = _tiny.Options("out");

        Assert.That(() => (options with { Momentum = 0.5 }).Resolve(), Throws.ArgumentException.With.Message.StartsWith(
            "Momentum is given, which the optimizer sgd alone has; the run steps with adamw."));
        Assert.That(() => (options with { Nesterov = true, Optimizer = OptimizerKind.Adafactor }).Resolve(),
            Throws.ArgumentException.With.Message.StartsWith(
                "Nesterov is given, which the optimizer sgd alone has; the run steps with adafactor."));
        Assert.That(
            () => (options with { Optimizer = OptimizerKind.Sgd, Nesterov = true, Momentum = 0 }).Resolve(),
            Throws.ArgumentException.With.Message.StartsWith("Nesterov needs a Momentum above 0; found 0."));
        Assert.That(() => options with { Momentum = 1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(OptimizerKind.Adamw, 1e-4)]
    [TestCase(OptimizerKind.Sgd, 1e-2)]
    [TestCase(OptimizerKind.Adafactor, 1e-3)]
    public void Without_a_rate_it_is_the_optimizers_own(OptimizerKind optimizer, double expected) =>
        Assert.That(
            (_tiny.Options("out") with { Optimizer = optimizer, LearningRate = null }).EffectiveLearningRate,
            Is.EqualTo(expected));

    private static string FingerprintOf(FineTuneOptions options)
    {
        using PreparedRun run = PreparedRun.Create(options.Resolve());
        return run.Fingerprint;
    }
}
