using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Runs;

/// <summary>Runs that train one more layer every epoch. An epoch has 8 steps, the model 2 layers.</summary>
public sealed class GradualUnfreezingTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase(8, null, "embeddings.|layer.0.|layer.1.", "0 from step 1")]
    [TestCase(16, null, "embeddings.|layer.0.", "0 from step 1, 1 from step 9")]
    [TestCase(24, null, "embeddings.", "0 from step 1, 1 from step 9, 2 from step 17")]
    [TestCase(28, null, "", "0 from step 1, 1 from step 9, 2 from step 17, all and embeddings from step 25")]
    [TestCase(12, 1, "embeddings.", "1 from step 1, 2 from step 9")]
    public void What_no_stage_has_trained_yet_is_as_it_was_to_the_bit(
        int steps, int? layers, string frozen, string stages)
    {
        EventList events = new();

        RunSummary summary =
            TinyTask.Run(Options("out", "swa") with { MaxSteps = steps, LayersTrainable = layers }, events);

        Assert.That(summary.ExportDifference, Is.LessThan(1e-4));
        Assert.That(summary.Stages, Is.EqualTo(stages));
        Assert.That(events.Of<RunEvent.Started>().Single().Stages, Is.EqualTo(stages));
        Dictionary<string, float[]> before = Read("model", "model.safetensors");
        foreach (string file in new[] { "model.safetensors", "run/averaged.safetensors", "run/last.safetensors" })
        {
            Dictionary<string, float[]> after = Read("out", file);
            foreach (string name in before.Keys.Where(after.ContainsKey))
            {
                bool isFrozen = frozen.Length > 0
                    && frozen.Split('|').Any(part => name.Contains(part, StringComparison.Ordinal));

                // Biases of keys have no gradient but rounding.
                if (!name.EndsWith("key.bias", StringComparison.Ordinal))
                {
                    Assert.That(after[name].AsSpan().SequenceEqual(before[name]), Is.EqualTo(isFrozen), name);
                }
            }
        }
    }

    [TestCase("swa", 5)]
    [TestCase("swa", 8)]
    [TestCase("swa", 13)]
    [TestCase("swa", 16)]
    [TestCase("swa", 27)]
    [TestCase("label-smoothing+sam+ema", 16)]
    [TestCase("lookahead", 20)]
    public void A_run_in_parts_has_the_bits_of_a_whole_one(string method, int interruptedAt)
    {
        FineTuneOptions options = Options("whole", method) with { MaxSteps = 28 };
        TinyTask.Run(options);

        TinyTask.RunInParts(options with { Output = _tiny.Output("parts") }, interruptedAt);

        foreach (string file in new[] { "model.safetensors", "run/last.safetensors" })
        {
            Assert.That(Read("parts", file), Is.EqualTo(Read("whole", file)));
        }
    }

    [TestCase(OptimizerKind.Sgd)]
    [TestCase(OptimizerKind.Adafactor)]
    public void Every_optimizer_leaves_what_is_frozen_alone_and_goes_on(OptimizerKind optimizer)
    {
        FineTuneOptions options =
            Options("whole", "swa") with { MaxSteps = 12, Optimizer = optimizer, WeightDecay = 0.1 };
        TinyTask.Run(options);

        TinyTask.RunInParts(options with { Output = _tiny.Output("parts") }, interruptedAt: 10);

        Dictionary<string, float[]> before = Read("model", "model.safetensors");
        Dictionary<string, float[]> after = Read("whole", "run/last.safetensors");
        string[] moved = [.. after.Keys.Where(name => !after[name].AsSpan().SequenceEqual(before[name]))];
        Assert.That(moved, Has.Some.Contains("layer.1."));
        Assert.That(moved, Has.None.Contains("layer.0.").And.None.Contains("embeddings."));
        Assert.That(Read("parts", "run/last.safetensors"), Is.EqualTo(after));
    }

    [Test]
    public void The_first_stage_alone_is_a_run_of_the_last_layers()
    {
        FineTuneOptions stage = Options("stage", "swa") with { UnfreezeEvery = 9, LayersTrainable = 1, MaxSteps = 20 };
        TinyTask.Run(stage);
        TinyTask.Run(stage with { Output = _tiny.Output("layers"), UnfreezeEvery = null });

        Dictionary<string, float[]> layers = Read("layers", "run/last.safetensors");
        foreach ((string name, float[] values) in Read("stage", "run/last.safetensors"))
        {
            Assert.That(values, Is.EqualTo(layers[name]).Within(1e-5), name);
        }
    }

    [Test]
    public void The_last_stage_alone_is_a_run_of_the_whole_model_to_the_bit()
    {
        // All stages before it are without a step.
        TinyTask.Run(Options("stage", "swa") with { UnfreezeEvery = 1e-9, MaxSteps = 20 });
        TinyTask.Run(Options("whole", "swa") with { UnfreezeEvery = null, MaxSteps = 20 });

        Assert.That(Read("stage", "model.safetensors"), Is.EqualTo(Read("whole", "model.safetensors")));
    }

    [Test]
    public void Moments_begin_anew_with_a_stage()
    {
        // The first step of Adam moves every weight by the rate, whatever its gradient.
        FineTuneOptions options = Options("before", "finetune") with
        {
            MaxSteps = 8, WeightDecay = 0, LearningRate = 1e-3, Schedule = ScheduleKind.Constant,
        };
        TinyTask.Run(options);
        TinyTask.Run(options with { Output = _tiny.Output("after"), MaxSteps = 9 });

        string head = "classifier.bias";
        float[] before = Read("before", "run/last.safetensors")[head];
        float[] after = Read("after", "run/last.safetensors")[head];
        Assert.That(before.Zip(after, (b, a) => Math.Abs(a - b)), Is.All.EqualTo(1e-3).Within(1e-5));
    }

    [Test]
    public void What_it_does_not_go_with_is_refused_in_words()
    {
        FineTuneOptions options = Options("out", "swa");
        (string Name, FineTuneOptions Options)[] refused =
        [
            ("Lora", options with { Lora = "r=2" }), ("Freeze", options with { Freeze = "*bias" }),
            ("Mixout", options with { Mixout = 0.5 }),
        ];
        foreach ((string name, FineTuneOptions with) in refused)
        {
            Assert.That(() => with.Resolve(), Throws.ArgumentException.With.Message.StartsWith(
                $"UnfreezeEvery and {name} are both given: "));
        }

        Assert.That(() => options with { UnfreezeEvery = 0 }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => TinyTask.Run(options with { LayersTrainable = 3 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("expected a number from 0 to 2"));
        Assert.That(Directory.Exists(options.Output), Is.False);
    }

    private FineTuneOptions Options(string name, string method) =>
        _tiny.Options(name) with { UnfreezeEvery = 1, Method = FineTuneMethod.Parse(method) };

    private Dictionary<string, float[]> Read(string folder, string file) =>
        TensorFile.Read(Path.Combine(_tiny.Output(folder), file));
}
