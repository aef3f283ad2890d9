using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Runs;

/// <summary>Runs that train the layers next to the head alone.</summary>
public sealed class FrozenLayersTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void What_is_below_stays_as_it_is_to_the_bit(int count)
    {
        EventList events = new();

        RunSummary summary = TinyTask.Run(Options("out") with { LayersTrainable = count }, events);

        Assert.That(summary.ExportDifference, Is.LessThan(1e-4));
        Dictionary<string, float[]> before = Read(_tiny.Model), after = Read(_tiny.Output("out"));
        foreach (string name in before.Keys.Where(after.ContainsKey))
        {
            bool isFrozen = name.Contains("embeddings.", StringComparison.Ordinal)
                || Enumerable.Range(0, 2 - count)
                    .Any(layer => name.Contains($"layer.{layer}.", StringComparison.Ordinal));
            // Biases of keys have no gradient but rounding.
            if (!name.EndsWith("key.bias", StringComparison.Ordinal))
            {
                Assert.That(after[name].AsSpan().SequenceEqual(before[name]), Is.EqualTo(isFrozen), name);
            }
        }

        RunEvent.Started facts = events.Of<RunEvent.Started>().Single();
        Assert.That(facts.TrainedParameters, Is.LessThan(facts.Parameters));
    }

    [TestCase("swa")]
    [TestCase("label-smoothing+sam+ema")]
    public void A_run_in_parts_has_the_bits_of_a_whole_one(string method)
    {
        FineTuneOptions options =
            Options("whole") with { LayersTrainable = 1, Method = FineTuneMethod.Parse(method), Accumulation = 2 };
        TinyTask.Run(options);

        TinyTask.RunInParts(options with { Output = _tiny.Output("parts") }, interruptedAt: 5);

        Assert.That(Read(_tiny.Output("parts")), Is.EqualTo(Read(_tiny.Output("whole"))));
    }

    [Test]
    public void Adapters_are_put_into_those_layers_alone()
    {
        TinyTask.Run(Options("out") with { LayersTrainable = 1, Lora = "r=2,alpha=4" });

        IEnumerable<string> adapted =
            TensorFile.Read(Path.Combine(_tiny.Output("out"), "adapter", "adapter_model.safetensors")).Keys;
        Assert.That(adapted, Has.Some.Contains("layer.1."));
        Assert.That(adapted, Has.None.Contains("layer.0."));
    }

    [Test]
    public void More_layers_than_there_are_are_refused_before_anything_is_written()
    {
        FineTuneOptions options = Options("out") with { LayersTrainable = 3 };

        Assert.That(() => TinyTask.Run(options),
            Throws.InstanceOf<RunException>().With.Message.Contains("expected a number from 0 to 2"));
        Assert.That(Directory.Exists(options.Output), Is.False);
    }

    private FineTuneOptions Options(string name) =>
        _tiny.Options(name) with { MaxSteps = 10, Method = FineTuneMethod.Parse("swa") };

    private static Dictionary<string, float[]> Read(string folder) =>
        TensorFile.Read(Path.Combine(folder, "model.safetensors"));
}
