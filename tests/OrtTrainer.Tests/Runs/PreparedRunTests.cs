using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;

namespace OrtTrainer.Tests.Runs;

/// <summary>What a run knows before its first step.</summary>
public sealed class PreparedRunTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase(5.0, null, 40)]
    [TestCase(0.5, null, 4)]
    [TestCase(0.01, null, 1)]
    [TestCase(1.1, null, 9)]
    [TestCase(5.0, 7L, 7)]
    public void Steps_follow_from_epochs_unless_they_are_given(double epochs, long? steps, long expected)
    {
        using PreparedRun run = Prepare(_tiny.Options("out") with { Epochs = epochs, MaxSteps = steps });

        Assert.That(run.TotalSteps, Is.EqualTo(expected));
    }

    [Test]
    public void Evaluations_are_due_at_the_end_of_epochs_and_of_the_run()
    {
        using PreparedRun run = Prepare(_tiny.Options("out") with { Epochs = 2.25 });

        Assert.That(Enumerable.Range(1, 18).Where(s => run.IsEvaluationDue(s)), Is.EqualTo(new[] { 8, 16, 18 }));
    }

    [Test]
    public void The_average_adds_one_buffer_to_the_memory_and_so_does_accumulation()
    {
        long plain = Memory(_tiny.Options("out") with { Method = FineTuneMethod.FineTune }, out long buffer);
        long averaged = Memory(_tiny.Options("out"), out _);
        long accumulated = Memory(_tiny.Options("out") with { Accumulation = 2 }, out _);
        long larger = Memory(_tiny.Options("out") with { BatchSize = 16 }, out _);

        Assert.That(averaged - plain, Is.EqualTo(4 * buffer));
        Assert.That(accumulated - averaged, Is.EqualTo(4 * buffer));
        Assert.That(larger, Is.GreaterThan(averaged));
        Assert.That(plain, Is.GreaterThan((4 * 4 * buffer) + (100L << 20)));
    }

    [Test]
    public void Activations_take_memory_by_their_precision_and_how_they_are_kept()
    {
        // 8 of the longest texts; BERT of 2 layers, 16 values per token and 32 inside.
        FineTuneOptions options = _tiny.Options("out");
        using PreparedRun run = Prepare(options);
        long tokens = run.Data.Train.Inputs.Select(e => e.InputIds.Length).OrderDescending().Take(8).Sum();
        long kept = run.Facts.MemoryEstimate;

        Assert.That(kept - Memory(options with { Precision = Precision.Bf16 }, out _),
            Is.EqualTo(4 * tokens * 2 * (32 / 2)), "inner values of half the size");
        Assert.That(Memory(options with { Recompute = true }, out _) - kept,
            Is.EqualTo(4 * tokens * 8 * 16), "two layers are whole either way, and one leaves something behind");
    }

    [Test]
    public void The_fingerprint_follows_what_decides_the_bits_and_nothing_else()
    {
        FineTuneOptions options = _tiny.Options("out");
        string fingerprint = Fingerprint(options);

        Assert.That(
            Fingerprint(options with { Output = _tiny.Output("other"), MaxSeconds = 9, CheckpointSeconds = 1 }),
            Is.EqualTo(fingerprint));
        Assert.That(Fingerprint(options with { Recompute = true }), Is.EqualTo(fingerprint));
        Assert.That(Fingerprint(options with { Seed = 2 }), Is.Not.EqualTo(fingerprint));
        Assert.That(Fingerprint(options with { MaxLength = 8 }), Is.Not.EqualTo(fingerprint));
        Assert.That(Fingerprint(options with { BatchByLength = 4 }), Is.Not.EqualTo(fingerprint));
        Assert.That(Fingerprint(options with { Layers = [0] }), Is.Not.EqualTo(fingerprint));
        Assert.That(Fingerprint(options with { Data = options.Data with { Test = null } }), Is.Not.EqualTo(
            fingerprint));
        string[] rows = File.ReadAllLines(_tiny.Train);
        File.WriteAllLines(_tiny.Train, [rows[0], rows[2], rows[1], .. rows[3..]]);
        Assert.That(Fingerprint(options), Is.Not.EqualTo(fingerprint), "two rows changed places");
    }

    [Test]
    public void Texts_are_cut_where_the_model_has_no_more_positions()
    {
        File.AppendAllText(_tiny.Train, string.Join(' ', Enumerable.Repeat("the big cat", 30)) + "\tanimal\n");

        using PreparedRun run = Prepare(_tiny.Options("out") with { MaxLength = 512 });

        Assert.That(run.MaxLength, Is.EqualTo(24));
        Assert.That(run.Data.Train.Inputs[^1].InputIds, Has.Length.EqualTo(24));
        Assert.That(run.Data.Train.Inputs[^1].FullLength, Is.EqualTo(92));
        Assert.That(run.Facts.Warnings, Has.Some.Match(
            "^train: 1 of [0-9]+ examples .* is longer than 24 tokens and cut there"));
    }

    [TestCase("classification", 3)]
    [TestCase("multi_label", 3)]
    [TestCase("regression", 1)]
    public void Targets_follow_the_task(string taskName, int outputs)
    {
        ModelTask task = ModelTask.Named(taskName);
        using TinyTask tiny = new(task);
        using PreparedRun run = Prepare(tiny.Options("out"));

        Assert.That(run.Data.Outputs, Is.EqualTo(outputs));
        Assert.That(run.Data.Train.Targets.Outputs, Is.EqualTo(outputs));
        Assert.That(run.Data.Train.Targets.Count, Is.EqualTo(run.Data.Train.Inputs.Count));
        if (task == ClassificationTask.Instance)
        {
            float[] row = new float[outputs];
            run.Data.Train.Targets.Write(0, row);
            Assert.That(row.Order(), Is.EqualTo(new float[] { 0, 0, 1 }));
        }

        Assert.That(run.Data.Train.Inputs[0].InputIds[0], Is.EqualTo(2), "[CLS]");
        Assert.That(run.Data.Train.Inputs[0].InputIds[^1], Is.EqualTo(3), "[SEP]");
        Assert.That(run.Data.Train.Tokens, Is.EqualTo(run.Data.Train.Inputs.Sum(e => e.InputIds.Length)));
    }

    private static PreparedRun Prepare(FineTuneOptions options) => PreparedRun.Create(options.Resolve());

    private static string Fingerprint(FineTuneOptions options)
    {
        using PreparedRun run = Prepare(options);
        return run.Fingerprint;
    }

    private static long Memory(FineTuneOptions options, out long buffer)
    {
        using PreparedRun run = Prepare(options);
        buffer = run.Layout.Length;
        return run.Facts.MemoryEstimate;
    }
}
