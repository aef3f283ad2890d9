using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal sealed class RunCheckpointTests
{
    private TemporaryFolder _folder = null!;
    private RunCheckpointStore _store = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _store = new RunCheckpointStore(_folder.File("run"));
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void State_and_tensors_come_back_bit_for_bit()
    {
        float[] weights = [1, float.NaN, -0f, float.Epsilon];

        _store.Save(
            new Dictionary<string, string> { ["step"] = "17", ["order"] = """{"seed":1,"мир":"\n"}""" },
            [
                TensorData.Floats("parameters", [2, 2], () => weights),
                TensorData.Floats("moments", [0], Array.Empty<float>()),
            ]);

        Assert.That(_store.TryLoadLatest(out var loaded, out var warning), Is.True);
        using (loaded)
        {
            var read = new float[4];
            loaded!.Tensors.ReadFloats("parameters", read);
            Assert.That(
                read.Select(BitConverter.SingleToUInt32Bits),
                Is.EqualTo(weights.Select(BitConverter.SingleToUInt32Bits)));
            Assert.That(loaded.Tensors.Names, Is.EqualTo(new[] { "parameters", "moments" }));
            Assert.That(loaded.State, Has.Count.EqualTo(2));
            Assert.That(loaded.State["order"], Is.EqualTo("""{"seed":1,"мир":"\n"}"""));
            Assert.That(warning, Is.Null);
        }
    }

    [Test]
    public void Nothing_saved_is_no_error()
    {
        Assert.That(_store.TryLoadLatest(out var loaded, out var warning), Is.False);
        Assert.That(loaded, Is.Null);
        Assert.That(warning, Is.Null);
    }

    [Test]
    public void The_previous_checkpoint_is_kept_and_no_more()
    {
        Save(1);
        Save(2);
        Save(3);

        Assert.That(StepIn(_store.LatestPath), Is.EqualTo("3"));
        Assert.That(StepIn(_store.PreviousPath), Is.EqualTo("2"));
        Assert.That(Directory.GetFiles(_store.Folder), Has.Length.EqualTo(2));
    }

    [Test]
    public void One_changed_bit_anywhere_is_noticed_and_the_previous_checkpoint_used()
    {
        Save(1);
        Save(2);
        var whole = File.ReadAllBytes(_store.LatestPath);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 1;
            File.WriteAllBytes(_store.LatestPath, damaged);

            AssertFallsBack($"byte {at}");
        }
    }

    [Test]
    public void A_file_cut_anywhere_is_noticed_and_the_previous_checkpoint_used()
    {
        Save(1);
        Save(2);
        var whole = File.ReadAllBytes(_store.LatestPath);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_store.LatestPath, whole[..length]);

            AssertFallsBack($"{length} bytes");
        }
    }

    [Test]
    public void A_crash_between_the_two_renames_leaves_the_previous_checkpoint()
    {
        Save(1);
        File.Move(_store.LatestPath, _store.PreviousPath);

        AssertFallsBack("missing");
    }

    [Test]
    public void A_damaged_latest_does_not_push_out_the_good_previous_one()
    {
        Save(1);
        Save(2);
        File.WriteAllText(_store.LatestPath, "torn");
        AssertFallsBack("torn");

        Save(3);

        Assert.That(StepIn(_store.LatestPath), Is.EqualTo("3"));
        Assert.That(StepIn(_store.PreviousPath), Is.EqualTo("1"));
    }

    [Test]
    public void Two_damaged_checkpoints_are_an_error_and_not_a_fresh_start()
    {
        Save(1);
        Save(2);
        File.WriteAllText(_store.LatestPath, "torn");
        File.WriteAllText(_store.PreviousPath, "torn too");

        Assert.That(
            () => _store.TryLoadLatest(out _, out _),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("two damaged checkpoints"));
    }

    [Test]
    public void The_only_checkpoint_being_damaged_is_an_error()
    {
        Save(1);
        File.WriteAllText(_store.LatestPath, "torn");

        Assert.That(() => _store.TryLoadLatest(out _, out _), Throws.TypeOf<CheckpointException>());
    }

    [Test]
    public void A_models_weights_are_no_run_checkpoint()
    {
        var path = _folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [TensorData.Floats("w", [1], new float[1])]);

        Assert.That(
            () => RunCheckpointFile.Read(path),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("training run"));
    }

    [Test]
    public void A_failed_save_leaves_both_checkpoints()
    {
        Save(1);
        Save(2);

        Assert.That(
            () => _store.Save(new Dictionary<string, string>(), [TensorData.Floats("w", [9], new float[1])]),
            Throws.InvalidOperationException);

        Assert.That(StepIn(_store.LatestPath), Is.EqualTo("2"));
        Assert.That(StepIn(_store.PreviousPath), Is.EqualTo("1"));
    }

    private void Save(int step) =>
        _store.Save(
            new Dictionary<string, string> { ["step"] = $"{step}" },
            [TensorData.Floats("w", [2], new float[] { step, 0 })]);

    private void AssertFallsBack(string damage)
    {
        Assert.That(_store.TryLoadLatest(out var loaded, out var warning), Is.True, damage);
        using (loaded)
        {
            Assert.That(loaded!.State["step"], Is.EqualTo("1"), damage);
            Assert.That(warning, Does.Contain(_store.PreviousPath), damage);
        }
    }

    private static string StepIn(string path)
    {
        using var file = RunCheckpointFile.Read(path);
        return file.State["step"];
    }
}
