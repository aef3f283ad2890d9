using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Every state of a run's folder that a crash during saving can leave behind still resumes.</summary>
internal sealed class CrashDuringSaveTests
{
    private const int Tensors = 5;

    private TemporaryFolder _folder = null!;
    private RunCheckpointStore _store = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _store = new RunCheckpointStore(_folder.Path);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_failure_at_any_tensor_of_either_pass_keeps_the_last_checkpoint()
    {
        Save(1);
        Save(2);
        for (var failing = 1; failing <= 2 * Tensors; failing++)
        {
            var calls = 0;
            var tensors = Enumerable.Range(0, Tensors).Select(i => TensorData.Floats($"t{i}", [3], () =>
                ++calls == failing ? throw new TimeoutException("device lost") : new float[3]));

            Assert.That(
                () => _store.Save(new Dictionary<string, string>(), tensors), Throws.TypeOf<TimeoutException>());

            AssertResumesAt("2", expectWarning: false);
            Assert.That(Directory.GetFiles(_folder.Path), Has.Length.EqualTo(2));
        }
    }

    [Test]
    public void A_partial_file_of_any_length_is_ignored_and_then_replaced()
    {
        Save(1);
        Save(2);
        var whole = File.ReadAllBytes(_store.LatestPath);
        foreach (var length in new[] { 0, 1, 8, whole.Length / 2, whole.Length })
        {
            _folder.Write($".{RunCheckpointStore.LatestName}.partial", whole[..length]);

            AssertResumesAt("2", expectWarning: false);
        }

        Save(3);

        AssertResumesAt("3", expectWarning: false);
        Assert.That(Directory.GetFiles(_folder.Path), Has.Length.EqualTo(2));
    }

    [Test]
    public void After_a_crash_between_the_renames_the_next_saves_restore_both_files()
    {
        Save(1);
        Save(2);
        File.Move(_store.LatestPath, _store.PreviousPath, overwrite: true);
        AssertResumesAt("2", expectWarning: true);

        Save(3);

        AssertResumesAt("3", expectWarning: false);
        using var previous = RunCheckpointFile.Read(_store.PreviousPath);
        Assert.That(previous.State["step"], Is.EqualTo("2"));
    }

    [Test]
    public void Another_process_sees_the_same_checkpoint()
    {
        Save(7);

        Assert.That(new RunCheckpointStore(_folder.Path).TryLoadLatest(out var loaded, out _), Is.True);
        using (loaded)
        {
            Assert.That(loaded!.State["step"], Is.EqualTo("7"));
        }
    }

    [Test]
    public void The_reserved_key_is_refused()
    {
        Assert.That(
            () => _store.Save(new Dictionary<string, string> { ["orttrainer.sha256"] = "" }, []),
            Throws.ArgumentException);
    }

    [Test]
    public void A_checkpoint_without_tensors_holds_its_state()
    {
        _store.Save(new Dictionary<string, string> { ["step"] = "0" }, []);

        AssertResumesAt("0", expectWarning: false);
    }

    private void Save(int step) =>
        _store.Save(
            new Dictionary<string, string> { ["step"] = $"{step}" },
            Enumerable.Range(0, Tensors).Select(i => TensorData.Floats($"t{i}", [3], new float[] { step, i, 0 })));

    private void AssertResumesAt(string step, bool expectWarning)
    {
        Assert.That(_store.TryLoadLatest(out var loaded, out var warning), Is.True);
        using (loaded)
        {
            Assert.That(loaded!.State["step"], Is.EqualTo(step));
            Assert.That(warning is not null, Is.EqualTo(expectWarning));
        }
    }
}
