using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>What the engine cannot do is refused by its name, before any file is read.</summary>
public sealed class EngineOptionsTests
{
    private static readonly FineTuneOptions Possible = new()
    {
        Model = "model",
        Output = "out",
        Data = new DataOptions { Train = "train.tsv" },
        Engine = "ort-training",
        Dropout = 0,
        WeightDecay = 0,
    };

    private static IEnumerable<TestCaseData> Impossible()
    {
        yield return Case(Possible with { Dropout = null }, "Dropout");
        yield return Case(Possible with { Dropout = 0.1 }, "Dropout");
        yield return Case(Possible with { WeightDecay = 0.01 }, "WeightDecay");
        yield return Case(Possible with { Optimizer = OptimizerKind.Adafactor }, "Optimizer");
        yield return Case(Possible with { Optimizer = OptimizerKind.Sgd }, "Momentum");
        yield return Case(Possible with { Recompute = true }, "Recompute");
        yield return Case(Possible with { Lora = "r=4" }, "Lora");
        yield return Case(Possible with { Mixout = 0.5 }, "Mixout");
        yield return Case(Possible with { LayerDecay = 0.9 }, "LayerDecay");
        yield return Case(Possible with { ClassWeights = new() { Balanced = true } }, "ClassWeights");
        yield return Case(Possible with { Method = FineTuneMethod.Parse("sam") }, "Method");
        yield return Case(Possible with { Method = FineTuneMethod.Parse("asam+swa") }, "Method");
        yield return Case(Possible with
        {
            Method = FineTuneMethod.Parse("distillation"),
            Teacher = new TeacherOptions { Model = "teacher" },
        }, "Method");
        yield return Case(
            Possible with { Data = Possible.Data with { Task = ModelTask.Named("sentence-similarity") } }, "Task");
        yield return Case(
            Possible with { Data = Possible.Data with { Task = ModelTask.Named("image-classification") } },
            "FrozenBatchNorm");
    }

    [TestCaseSource(nameof(Impossible))]
    public void What_it_cannot_do_is_refused(FineTuneOptions options, string named) =>
        Assert.That(
            () => options.Resolve(),
            Throws.ArgumentException.With.Message.StartsWith($"{named} is beyond the engine ort-training: "));

    [Test]
    public void The_rest_is_not()
    {
        foreach (string method in new[] { "finetune", "swa", "ema", "lawa", "label-smoothing+swag", "lookahead" })
        {
            Assert.That(
                () => (Possible with { Method = FineTuneMethod.Parse(method) }).Resolve(), Throws.Nothing, method);
        }
    }

    [Test]
    public void What_stays_as_it_is_is_for_both_engines()
    {
        FineTuneOptions frozen = Possible with { Freeze = "*bias", LayersTrainable = 1 };

        Assert.That(() => frozen.Resolve(), Throws.Nothing);
        Assert.That(() => (frozen with { Engine = null }).Resolve(), Throws.Nothing);
        Assert.That(() => Possible with { Freeze = " , " }, Throws.ArgumentException.With.Message.StartsWith(
            "Freeze is ' , '; expected names of parameters between commas."));
    }

    [TestCase("ORT_Training", "ort-training")]
    [TestCase("orttrainer", null)]
    public void Its_word_may_be_written_in_any_way(string word, string? engine) =>
        Assert.That((Possible with { Engine = word }).Engine, Is.EqualTo(engine));

    [Test]
    public void Another_word_is_refused() =>
        Assert.That(() => Possible with { Engine = "torch" }, Throws.ArgumentException.With.Message.StartsWith(
            "Engine is 'torch'; expected orttrainer or ort-training."));

    private static TestCaseData Case(FineTuneOptions options, string named) =>
        new TestCaseData(options, named).SetArgDisplayNames(named, $"{options.Method}");
}
