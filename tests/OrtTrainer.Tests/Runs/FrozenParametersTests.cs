using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Runs;

/// <summary>Runs in which parameters stay as they are by their names.</summary>
public sealed class FrozenParametersTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase("embeddings.*", null, "embeddings.")]
    [TestCase("*LayerNorm*", null, "LayerNorm")]
    [TestCase("bert.encoder.layer.0.*, *.query.weight,*.value.bias", null, "layer.0.|query.weight|value.bias")]
    [TestCase("*layer.1.intermediate.*,*layer.1.output.dense.weight", 1,
        "embeddings.|layer.0.|layer.1.intermediate.|layer.1.output.dense.weight")]
    public void What_is_named_stays_as_it_is_to_the_bit(string names, int? layers, string frozen)
    {
        EventList events = new();

        RunSummary summary =
            TinyTask.Run(Options("out") with { Freeze = names, LayersTrainable = layers, WeightDecay = 0.1 }, events);

        Assert.That(summary.ExportDifference, Is.LessThan(1e-4));
        Dictionary<string, float[]> before = Read(_tiny.Model), after = Read(_tiny.Output("out"));
        foreach (string name in before.Keys.Where(after.ContainsKey))
        {
            bool isFrozen = frozen.Split('|').Any(part => name.Contains(part, StringComparison.Ordinal));

            // Biases of keys have no gradient but rounding.
            if (!name.EndsWith("key.bias", StringComparison.Ordinal))
            {
                Assert.That(after[name].AsSpan().SequenceEqual(before[name]), Is.EqualTo(isFrozen), name);
            }
        }

        RunEvent.Started facts = events.Of<RunEvent.Started>().Single();
        Assert.That(facts.TrainedParameters, Is.LessThan(facts.Parameters));
    }

    [TestCase("embeddings.*,*.key.*")]
    [TestCase("*intermediate.dense.weight,*output.dense.weight")]
    public void The_others_take_the_step_of_a_whole_run(string names)
    {
        // One plain step: what a parameter moves by is its gradient.
        FineTuneOptions step = Options("whole") with
        {
            MaxSteps = 1, Method = FineTuneMethod.FineTune, Optimizer = OptimizerKind.Sgd, Momentum = 0,
            WeightDecay = 0, ClipNorm = null, LearningRate = 0.5, Schedule = ScheduleKind.Constant,
        };
        TinyTask.Run(step);
        TinyTask.Run(step with { Output = _tiny.Output("part"), Freeze = names });

        Dictionary<string, float[]> before = Read(_tiny.Model);
        Dictionary<string, float[]> whole = Read(_tiny.Output("whole")), part = Read(_tiny.Output("part"));
        string[] moved = [.. before.Keys.Where(name => !part[name].AsSpan().SequenceEqual(before[name]))];
        Assert.That(moved, Has.Some.Contains("query.weight"));
        Assert.That(whole.Keys.Except(moved), Has.Some.Contains("dense.weight").Or.Some.Contains("embeddings"));
        foreach (string name in moved)
        {
            Assert.That(part[name], Is.EqualTo(whole[name]).Within(2e-6), name);
        }
    }

    [TestCase("swa")]
    [TestCase("label-smoothing+sam+ema")]
    public void A_run_in_parts_has_the_bits_of_a_whole_one(string method)
    {
        FineTuneOptions options = Options("whole") with
        {
            Freeze = "*.query.*,*embeddings*", Method = FineTuneMethod.Parse(method), Accumulation = 2,
        };
        TinyTask.Run(options);

        TinyTask.RunInParts(options with { Output = _tiny.Output("parts") }, interruptedAt: 5);

        Assert.That(Read(_tiny.Output("parts")), Is.EqualTo(Read(_tiny.Output("whole"))));
    }

    [Test]
    public void An_embedding_that_is_tied_to_the_head_stays_for_both()
    {
        using TemporaryFolder folder = new();
        TinyCorpus.Write(folder);
        string words = "bert.embeddings.word_embeddings.weight";

        TinyTask.Run(TinyCorpus.Options(folder, "out", "swa") with { Freeze = words, MaxSteps = 4 });

        Dictionary<string, float[]> before = Read(folder.File("model")), after = Read(folder.File("out"));
        string norm = "bert.embeddings.LayerNorm.weight";
        Assert.That(after[words].AsSpan().SequenceEqual(before[words]));
        Assert.That(after[norm].AsSpan().SequenceEqual(before[norm]), Is.False);
    }

    [TestCase("bert.embedings.LayerNorm.bias",
        "no parameter of the model is called bert.embedings.LayerNorm.bias. Did you mean bert.embeddings.")]
    [TestCase("*", "all parameters of the model would be frozen")]
    public void Names_that_fit_nothing_or_all_are_refused_before_anything_is_written(string names, string message)
    {
        FineTuneOptions options = Options("out") with { Freeze = names };

        Assert.That(() => TinyTask.Run(options), Throws.InstanceOf<RunException>().With.Message.Contains(message));
        Assert.That(Directory.Exists(options.Output), Is.False);
    }

    [Test]
    public void Adapters_go_without_names() => Assert.That(
        () => TinyTask.Run(Options("out") with { Freeze = "*bias", Lora = "r=2" }),
        Throws.ArgumentException.With.Message.StartsWith("Lora and Freeze are both given: "));

    private FineTuneOptions Options(string name) =>
        _tiny.Options(name) with { MaxSteps = 10, Method = FineTuneMethod.Parse("swa") };

    private static Dictionary<string, float[]> Read(string folder) =>
        TensorFile.Read(Path.Combine(folder, "model.safetensors"));
}
