using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Teachers;

/// <summary>What is found in the cache is never trusted without a checksum and a key.</summary>
public sealed class CacheDamageTests
{
    private TeacherTask _task = null!;
    private float[] _values = null!;

    [SetUp]
    public void Fill()
    {
        _task = new TeacherTask();
        _values = _task.Obtain().Values;
    }

    [TearDown]
    public void Remove() => _task.Dispose();

    [Test]
    public void A_flipped_bit_is_noticed_wherever_it_is()
    {
        string file = _task.CacheFile;
        byte[] good = File.ReadAllBytes(file);
        foreach (int at in new[] { 4, 40, good.Length / 2, good.Length - 1 })
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x10;
            File.WriteAllBytes(file, bad);

            ComputesAgain($"byte {at}");
        }
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(300)]
    public void A_file_that_was_cut_short_is_noticed(int length)
    {
        File.WriteAllBytes(_task.CacheFile, File.ReadAllBytes(_task.CacheFile)[..length]);

        ComputesAgain($"{length} bytes");
    }

    [Test]
    public void A_whole_file_of_another_teacher_is_noticed_by_its_key()
    {
        string file = _task.CacheFile;
        byte[] old = File.ReadAllBytes(file);
        _task.ChangeWeights();
        _task.Obtain();
        string changed = Directory.GetFiles(_task.Cache, "*.safetensors").Single(other => other != file);
        File.WriteAllBytes(changed, old);
        EventLog events = new();

        TeacherLogits logits = _task.Obtain(events: events);

        Assert.That(logits.Report.IsCached, Is.False);
        Assert.That(logits.Values, Is.EqualTo(_task.StudentLogits()).Within(1e-5));
        Assert.That(events.Notes.Single(), Does.Contain(changed).And.Contain("belongs to another teacher"));
    }

    [Test]
    public void What_a_killed_writer_leaves_is_in_nobodys_way()
    {
        string file = _task.CacheFile;
        byte[] whole = File.ReadAllBytes(file);
        File.Delete(file);
        string partial = Path.Combine(_task.Cache, $".{Path.GetFileName(file)}.partial");
        File.WriteAllBytes(partial, whole[..(whole.Length / 2)]);

        Assert.That(_task.Obtain().Report.IsCached, Is.False);
        Assert.That(_task.Obtain().Report.IsCached, "and is kept now");
        Assert.That(File.ReadAllBytes(_task.CacheFile)[^_values.Length..], Is.EqualTo(whole[^_values.Length..]));
    }

    [Test]
    public void Values_that_cannot_be_kept_are_used_all_the_same()
    {
        using SmallDisk disk = SmallDisk.MountOrSkip(_task.File("small"), kilobytes: 4);
        File.WriteAllBytes(Path.Combine(disk.Path, "filler"), new byte[4096]);
        EventLog events = new();

        TeacherLogits logits = _task.Obtain(_task.Options with { Cache = disk.Path }, events: events);

        Assert.That(logits.Values, Is.EqualTo(_values));
        Assert.That(logits.Report.CacheFile, Is.Null);
        Assert.That(events.Notes.Single(), Does.Contain("not kept").And.Contain(disk.Path));
    }

    private void ComputesAgain(string what)
    {
        EventLog events = new();
        TeacherLogits logits = _task.Obtain(events: events);

        Assert.That(logits.Report.IsCached, Is.False, what);
        Assert.That(logits.Values, Is.EqualTo(_values), what);
        Assert.That(events.Notes.Single(), Does.Contain(_task.CacheFile).And.Contain("computed again"), what);
        Assert.That(_task.Obtain().Report.IsCached, $"{what}: repaired");
    }
}
