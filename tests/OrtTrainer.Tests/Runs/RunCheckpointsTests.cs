using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Training;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Runs;

public sealed class RunCheckpointsTests
{
    private static readonly AveragingPlan Late = new() { TotalSteps = 10, StartFraction = 0.5 };

    private TemporaryFolder _temporary = null!;
    private RunFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _temporary = new TemporaryFolder();
        _folder = RunFolder.Create(_temporary.File("out"));
    }

    [TearDown]
    public void RemoveFolder()
    {
        _folder.Dispose();
        _temporary.Dispose();
    }

    [TestCase(3)]
    [TestCase(8)]
    public void A_restored_state_takes_the_steps_the_saved_one_would(int savedAt)
    {
        using TinyTraining straight = new(dropout: true, rule: new EqualShares());
        using TinyTraining restored = new(dropout: true, rule: new EqualShares());
        using Trainer trainer = straight.Trainer(straight.Options(4), Late);
        for (int step = 1; step <= 10; step++)
        {
            trainer.Step();
            if (step == savedAt)
            {
                new RunCheckpoints(_folder.RunPath, straight.State, "same").Save(new RunProgress { Tokens = 77 });
            }
        }

        var result = new RunCheckpoints(_folder.RunPath, restored.State, "same").TryRestore();
        using Trainer resumed = restored.Trainer(restored.Options(4), Late);
        while (restored.State.Step < 10)
        {
            resumed.Step();
        }

        Assert.That(result!.Value.Progress.Tokens, Is.EqualTo(77));
        Assert.That(result.Value.Warning, Is.Null);
        Assert.That(restored.State.Parameters.Span.ToArray(), Is.EqualTo(straight.State.Parameters.Span.ToArray()));
        Assert.That(
            restored.State.Average!.Buffer.Span.ToArray(),
            Is.EqualTo(straight.State.Average!.Buffer.Span.ToArray()));
        Assert.That(restored.State.Average.State, Is.EqualTo(new AverageState(5, 6, 10)));
    }

    [Test]
    public void A_checkpoint_holds_no_average_before_there_is_one()
    {
        using TinyTraining tiny = new(rule: new EqualShares());
        new RunCheckpoints(_folder.RunPath, tiny.State, "same").Save(new RunProgress());
        string path = Path.Combine(_folder.RunPath, RunCheckpointStore.LatestName);

        using (RunCheckpointFile before = RunCheckpointFile.Read(path))
        {
            Assert.That(before.Tensors.Names, Is.EquivalentTo(new[] { "parameters", "exp_avg", "exp_avg_sq" }));
        }

        tiny.State.Average!.Update(tiny.State.Parameters, 1);
        new RunCheckpoints(_folder.RunPath, tiny.State, "same").Save(new RunProgress());
        using RunCheckpointFile after = RunCheckpointFile.Read(path);
        Assert.That(after.Tensors.Names, Is.EquivalentTo(new[] { "parameters", "exp_avg", "exp_avg_sq", "average" }));
    }

    [Test]
    public void The_checkpoint_of_another_run_is_refused_and_changes_nothing()
    {
        using TinyTraining tiny = new();
        new RunCheckpoints(_folder.RunPath, tiny.State, "one").Save(new RunProgress());
        tiny.State.Parameters.Span.Fill(7);

        Assert.That(
            () => new RunCheckpoints(_folder.RunPath, tiny.State, "other").TryRestore(),
            Throws.TypeOf<RunException>().With.Message.Contains("other data").And.Message.Contains("another --out"));
        Assert.That(tiny.State.Parameters.Span.ToArray(), Is.All.EqualTo(7));
    }

    [Test]
    public void A_folder_without_a_checkpoint_restores_nothing()
    {
        using TinyTraining tiny = new();

        Assert.That(new RunCheckpoints(_folder.RunPath, tiny.State, "same").TryRestore(), Is.Null);
    }

    [Test]
    public void Restoring_allocates_no_arrays_of_the_size_of_the_weights()
    {
        using TinyTraining tiny = new();
        RunCheckpoints checkpoints = new(_folder.RunPath, tiny.State, "same");
        checkpoints.Save(new RunProgress());
        checkpoints.TryRestore();
        long before = GC.GetAllocatedBytesForCurrentThread();
        checkpoints.TryRestore();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // A mebibyte for the checksum's buffer, whatever the model's size.
        Assert.That(allocated, Is.LessThan((1 << 20) + (300 << 10)));
    }

    [Test]
    public void Weights_come_back_only_for_the_step_they_are_of()
    {
        using TinyTraining tiny = new();
        WeightFiles files = new(_folder, tiny.Graph.Layout);
        float[] weights = tiny.State.Parameters.Span.ToArray();
        Assert.That(files.TryLoad(WeightFiles.Best, tiny.State.Parameters, 5), Is.False, "there is none yet");
        files.Save(WeightFiles.Best, tiny.State.Parameters, step: 5);
        tiny.State.Parameters.Clear();

        Assert.That(files.TryLoad(WeightFiles.Best, tiny.State.Parameters, 4), Is.False);
        Assert.That(tiny.State.Parameters.Span.ToArray(), Is.All.Zero);
        Assert.That(files.TryLoad(WeightFiles.Best, tiny.State.Parameters, 5), Is.True);
        Assert.That(tiny.State.Parameters.Span.ToArray(), Is.EqualTo(weights));
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(_folder.RunPath, "best.safetensors"));
        Assert.That(file.Names, Is.EquivalentTo(tiny.Graph.Layout.Parameters.Select(p => p.Name)));
    }
}
