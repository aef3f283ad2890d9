using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Common;

internal sealed class AtomicFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_new_file_and_a_replaced_one_hold_what_was_written()
    {
        var path = _folder.File("a.json");

        AtomicFile.WriteText(path, "first, longer");
        AtomicFile.WriteText(path, "второй");

        Assert.That(File.ReadAllBytes(path), Is.EqualTo("второй"u8.ToArray()));
        Assert.That(Directory.GetFiles(_folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void The_old_file_is_whole_while_the_new_one_is_being_written()
    {
        var path = _folder.Write("a", "old");

        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        });

        Assert.That(File.ReadAllText(path), Is.EqualTo("new"));
    }

    [Test]
    public void A_failure_half_way_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder.Write("a", "old");

        Assert.That(
            () => AtomicFile.Write(path, stream =>
            {
                stream.Write(new byte[100_000]);
                throw new InvalidOperationException("half way");
            }),
            Throws.InvalidOperationException);

        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(_folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void What_a_killed_process_left_is_overwritten()
    {
        var path = _folder.File("a");
        _folder.Write(".a.partial", "left behind and longer than the new content");

        AtomicFile.WriteText(path, "new");

        Assert.That(File.ReadAllText(path), Is.EqualTo("new"));
        Assert.That(Directory.GetFiles(_folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void A_missing_folder_is_named()
    {
        var path = _folder.File(Path.Combine("none", "a"));

        Assert.That(
            () => AtomicFile.WriteText(path, "x"),
            Throws.TypeOf<FileWriteException>().With.Message.StartsWith(path).And.Property("Path").EqualTo(path));
    }

    [Test]
    [Platform("Linux")]
    public void A_disk_that_is_full_is_called_so_and_the_old_file_stays()
    {
        var path = _folder.Write("a", "old");

        // The kernel's own answer to a write on a full disk, without filling one.
        Assert.That(
            () => AtomicFile.Write(path, _ =>
            {
                using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
                full.Write(new byte[10]);
            }),
            Throws.TypeOf<FileWriteException>().With.Message.StartsWith(path).And.Message.Contains("the disk is full"));

        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(_folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    [Platform("Linux")]
    public void A_checkpoint_that_fills_a_small_disk_leaves_the_one_before()
    {
        using var disk = SmallDisk.MountOrSkip(_folder.File("disk"), kilobytes: 256);
        var store = new RunCheckpointStore(disk.Path);
        store.Save(new Dictionary<string, string> { ["step"] = "1" }, [TensorData.Floats("w", [10], new float[10])]);

        Assert.That(
            () => store.Save(new Dictionary<string, string>(), [TensorData.Floats("w", [100_000], new float[100_000])]),
            Throws.TypeOf<FileWriteException>().With.Message.StartsWith(store.LatestPath)
                .And.Message.Contains("the disk is full"));

        Assert.That(Directory.GetFiles(disk.Path), Is.EqualTo(new[] { store.LatestPath }));
        Assert.That(store.TryLoadLatest(out var loaded, out _), Is.True);
        using (loaded)
        {
            Assert.That(loaded!.State["step"], Is.EqualTo("1"));
        }
    }
}
