using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Packs;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Packs;

/// <summary>Training a pack on the engine: what comes out, when it stops, and how it goes on.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PackTrainingTests : IDisposable
{
    private readonly TinyPack _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void It_learns_and_changes_what_is_trained_alone(int last)
    {
        string pack = _tiny.Write(
            _tiny.Options with { Graphs = _tiny.Options.Graphs with { TrainLast = last, Dropout = 0 } });

        (PackOutcome outcome, float[] losses) = Train(
            pack, _tiny.Training("trained") with { Epochs = 10, Test = _tiny.Test });

        Assert.That(losses, Has.Length.EqualTo(60));
        Assert.That(losses[^6..].Average(), Is.LessThan(losses[..6].Average() - 0.05));
        Assert.That((outcome.Averaged, outcome.Stopped), Is.EqualTo((30L, (string?)null)));
        Assert.That(outcome.AveragedAccuracy, Is.InRange(0, 1));
        using Checkpoint before = Checkpoint.Open(pack), after = Checkpoint.Open(_tiny.File("trained"));
        string[] changed = [.. before.Names.Where(name => !Values(before, name).SequenceEqual(Values(after, name)))];
        Assert.That(changed, Has.All.Match("pooler|classifier" + string.Concat(
            Enumerable.Range(2 - last, last).Select(layer => $"|layer\\.{layer}\\."))));
        Assert.That(changed, Has.Length.GreaterThan(3));
        Assert.That(File.Exists(_tiny.File("trained/checkpoint.safetensors")), Is.False);
    }

    [Test]
    public void Adapters_learn_and_nothing_below_the_head_changes_but_what_they_are_added_to()
    {
        PackOptions adapters = _tiny.Adapters();
        string pack = _tiny.Write(adapters with { Graphs = adapters.Graphs with { Dropout = 0 } });
        PackTrainingOptions options = _tiny.Training("trained") with { LearningRate = 2e-2, Test = _tiny.Train };
        (PackOutcome before, _) = Train(pack, options with { Epochs = 0.1, Output = _tiny.File("before") });

        (PackOutcome outcome, float[] losses) = Train(pack, options with { Epochs = 30 });

        Assert.That(losses[^6..].Average(), Is.LessThan(0.5 * losses[..6].Average()));
        Assert.That(outcome.Accuracy, Is.GreaterThan(before.Accuracy!.Value + 0.3));
        Assert.That(outcome.AveragedAccuracy, Is.GreaterThan(before.Accuracy!.Value + 0.3));
        using Checkpoint first = Checkpoint.Open(pack), after = Checkpoint.Open(_tiny.File("trained"));
        Assert.That(after.Names, Is.EquivalentTo(first.Names));
        Assert.That(
            first.Names.Where(name => !Values(first, name).SequenceEqual(Values(after, name))),
            Is.EquivalentTo(new[] { "query", "value" }
                .SelectMany(word => new[]
                {
                    $"bert.encoder.layer.0.attention.self.{word}.weight",
                    $"bert.encoder.layer.1.attention.self.{word}.weight",
                })
                .Concat(["classifier.weight", "classifier.bias"])));
    }

    [Test]
    public void Checkpoints_hold_adapters_and_the_head_alone()
    {
        string pack = _tiny.Write(_tiny.Adapters());

        Stop(pack, "parts", step: 14, every: 5);

        using (RunCheckpointFile file = RunCheckpointFile.Read(_tiny.File("parts/checkpoint.safetensors")))
        {
            Assert.That(file.Tensors.Names, Is.EquivalentTo(["parameters", "exp_avg", "exp_avg_sq", "average"]));
            foreach (string name in file.Tensors.Names)
            {
                // Two layers of two targets, A [4, 16] and B [16, 4], 16 weights and a bias per class, and padding.
                Assert.That(Values(file.Tensors, name), Has.Length.InRange((2 * 2 * 2 * 4 * 16) + (3 * 17), 1300));
            }
        }

        (_, float[] whole) = Train(pack, _tiny.Training("whole"));
        (PackOutcome outcome, float[] rest) = Train(pack, _tiny.Training("parts"));
        Assert.That(outcome.ResumedAt, Is.EqualTo(14));
        Assert.That(rest, Is.EqualTo(whole[14..]));
        Assert.That(
            File.ReadAllBytes(_tiny.File("parts/adapter/adapter_model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(_tiny.File("whole/adapter/adapter_model.safetensors"))));
    }

    [Test]
    public void One_that_was_interrupted_goes_on_to_the_same_bits()
    {
        string pack = _tiny.Write();
        (_, float[] whole) = Train(pack, _tiny.Training("whole"));
        List<float> losses = [];
        using CancellationTokenSource source = new();
        using (PackTraining first = new(Pack.Open(pack), _tiny.Training("parts")))
        {
            Assert.That(
                () => first.Run(
                    step =>
                    {
                        losses.Add(step.Loss);
                        if (step.Step == 15)
                        {
                            source.Cancel();
                        }
                    },
                    source.Token),
                Throws.InstanceOf<OperationCanceledException>());
        }

        (PackOutcome outcome, float[] rest) = Train(pack, _tiny.Training("parts"));

        Assert.That(outcome.ResumedAt, Is.EqualTo(15));
        Assert.That(losses.Concat(rest), Is.EqualTo(whole));
        Assert.That(
            File.ReadAllBytes(_tiny.File("parts/model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(_tiny.File("whole/model.safetensors"))));
    }

    [Test]
    public void A_damaged_checkpoint_is_left_for_the_one_before()
    {
        string pack = _tiny.Write();
        Stop(pack, "parts", step: 14, every: 5);
        string latest = _tiny.File("parts/checkpoint.safetensors");
        byte[] bytes = File.ReadAllBytes(latest);
        bytes[^1] ^= 1;
        File.WriteAllBytes(latest, bytes);

        (PackOutcome outcome, _) = Train(pack, _tiny.Training("parts") with { CheckpointEvery = 5 });

        Assert.That(outcome.ResumedAt, Is.EqualTo(10));
    }

    [Test]
    public void A_checkpoint_of_another_training_is_refused()
    {
        string pack = _tiny.Write();
        Stop(pack, "parts", step: 3, every: 1);

        Assert.That(
            () => Train(pack, _tiny.Training("parts") with { LearningRate = 1e-3 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("Give another --out, or remove"));
    }

    [Test]
    public void Limits_are_kept()
    {
        string pack = _tiny.Write();

        Assert.That(
            () => Train(pack, _tiny.Training("out") with { MaxMemory = 1_000_000 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("of memory are needed, 1 MB are allowed"));
        Assert.That(
            () => Train(pack, _tiny.Training("out") with { MaxSeconds = 1e-9 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("--max-seconds was reached before the first step"));
        Assert.That(Directory.Exists(_tiny.File("out")), Is.False);
    }

    [Test]
    public void A_limit_in_the_middle_leaves_a_model_and_a_checkpoint()
    {
        string pack = _tiny.Write();

        // A second goes by whenever the clock is looked at: once at the start and once before each step.
        PackTrainingOptions options = _tiny.Training("out") with { MaxSeconds = 14.5 };
        using PackTraining training = new(Pack.Open(pack), options, new CountingClock());
        List<long> steps = [];
        PackOutcome outcome = training.Run(step => steps.Add(step.Step), default);

        Assert.That((outcome.Steps, outcome.Of, outcome.Stopped), Is.EqualTo((13L, 24L, "max-seconds")));
        Assert.That(steps, Is.EqualTo(Enumerable.Range(1, 13)));
        Assert.That(outcome.Averaged, Is.EqualTo(1));
        Assert.That(File.Exists(_tiny.File("out/model.safetensors")));
        (PackOutcome rest, _) = Train(pack, options with { MaxSeconds = null });
        Assert.That((rest.ResumedAt, rest.Steps), Is.EqualTo((13L, 24L)));
    }

    [Test]
    public void Labels_that_the_pack_does_not_know_are_named()
    {
        string pack = _tiny.Write();
        string other = _tiny.File("other.tsv");
        File.WriteAllText(other, "text\tlabel\nword1\ta\nword2\tz\n");

        Assert.That(
            () => Train(pack, _tiny.Training("out") with { Train = other }),
            Throws.InstanceOf<OrtTrainerException>().With.Message.Contains("other.tsv, line 3"));
    }

    /// <summary>A clock that goes on by a second whenever somebody looks at it.</summary>
    private sealed class CountingClock : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }

    private void Stop(string pack, string output, int step, int every)
    {
        using CancellationTokenSource source = new();
        using PackTraining training = new(
            Pack.Open(pack), _tiny.Training(output) with { CheckpointEvery = every });
        Assert.That(
            () => training.Run(report => Cancel(report, step, source), source.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static void Cancel(StepReport report, int step, CancellationTokenSource source)
    {
        if (report.Step == step)
        {
            source.Cancel();
        }
    }

    private static (PackOutcome Outcome, float[] Losses) Train(string pack, PackTrainingOptions options)
    {
        List<float> losses = [];
        using PackTraining training = new(Pack.Open(pack), options);
        return (training.Run(step => losses.Add(step.Loss), default), [.. losses]);
    }

    private static float[] Values(Checkpoint file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info));
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
