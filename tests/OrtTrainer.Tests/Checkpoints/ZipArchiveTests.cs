using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>
/// The zip archive around a pytorch_model.bin, in all its 32-bit and 64-bit forms and with each record damaged.
/// </summary>
internal sealed class ZipArchiveTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Sizes_may_stand_in_64_bit_records([Values] bool entries, [Values] bool directory)
    {
        using var file = Open(Model(entries).ToArray(directory));
        var values = new float[6];

        file.ReadFloats("t", values);

        Assert.That(values, Is.EqualTo(new float[] { 1, 4, 2, 5, 3, 6 }));
    }

    [Test]
    public void A_comment_after_the_directory_does_no_harm()
    {
        var bytes = Model().ToArray();
        bytes[^2] = 5;
        using var file = Open([.. bytes, .. "hello"u8]);

        Assert.That(file.Names, Has.Count.EqualTo(5));
    }

    [Test]
    public void The_folder_in_the_archive_may_have_any_name()
    {
        var bytes = new ZipBytes().Add("моя модель/data.pkl", TorchBytes.SixFloatsPickle())
            .Add("моя модель/data/0", TorchBytes.SixFloats()).ToArray();
        using var file = Open(bytes);

        Assert.That(file.Names, Has.Count.EqualTo(5));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_directory_outside_the_file_is_refused(bool zip64)
    {
        AssertRefused(Model().ToArray(zip64, directoryShift: 1_000_000), "a directory of");
        AssertRefused(Model().ToArray(zip64, directoryShift: -3), "directory entry");
    }

    [Test]
    public void A_directory_at_a_negative_place_is_refused() =>
        AssertRefused(Model().ToArray(zip64: true, directoryShift: int.MinValue), "a directory of");

    [Test]
    public void More_entries_claimed_than_there_are_is_refused([Values] bool zip64) =>
        AssertRefused(Model().ToArray(zip64, extraCount: 3), "directory entry");

    [Test]
    public void A_part_of_a_split_archive_is_refused() => AssertRefused(Model().ToArray(disk: 2), "split");

    [Test]
    public void An_entry_twice_is_refused() =>
        AssertRefused(Model().Add("archive/data/0", new byte[24]).ToArray(), "the entry \"archive/data/0\" twice");

    [TestCase(1_000_000)]
    [TestCase(-2)]
    public void An_entry_longer_than_the_file_is_refused(int size) =>
        AssertRefused(
            new ZipBytes().Add("archive/data.pkl", TorchBytes.SixFloatsPickle(), claimedSize: size).ToArray(),
            "zip entry \"archive/data.pkl\"");

    [Test]
    public void A_64_bit_size_that_is_not_there_is_refused()
    {
        // All ones in the 32-bit field promise an extra field.
        AssertRefused(
            new ZipBytes().Add("archive/data.pkl", TorchBytes.SixFloatsPickle(), claimedSize: -1).ToArray(),
            "without its zip64 sizes");
    }

    [Test]
    public void A_64_bit_size_beyond_the_file_or_negative_is_refused([Values(1_000_000, -5)] int size) =>
        AssertRefused(
            new ZipBytes().Add("archive/data.pkl", TorchBytes.SixFloatsPickle(), zip64: true, claimedSize: size)
                .ToArray(),
            $"of {size} bytes");

    [TestCase(8)]
    [TestCase(93)]
    public void Compressed_entries_are_refused_with_the_method(int method) =>
        AssertRefused(
            new ZipBytes().Add("archive/data.pkl", TorchBytes.SixFloatsPickle(), method: method).ToArray(),
            $"compression method {method}");

    [Test]
    public void A_local_header_that_is_not_where_the_directory_says_is_refused()
    {
        var bytes = Model().ToArray();
        bytes[bytes.AsSpan().LastIndexOf("PK\x03\x04"u8)] = (byte)'X';

        AssertRefused(bytes, "without a local header");
    }

    [Test]
    public void A_storage_shorter_than_its_tensors_is_refused()
    {
        var bytes = new ZipBytes().Add("archive/data.pkl", TorchBytes.SixFloatsPickle())
            .Add("archive/data/0", new byte[20]).ToArray();

        AssertRefused(bytes, "5 elements in its storage");
    }

    [Test]
    public void An_archive_without_its_end_is_refused()
    {
        var bytes = Model().ToArray();

        AssertRefused(bytes[..^22], "no end-of-directory record");
    }

    [Test]
    public void Damaged_64_bit_records_are_refused()
    {
        foreach (var signature in new[] { "PK\x06\x06", "PK\x06\x07" })
        {
            var bytes = Model().ToArray(zip64: true);
            bytes[bytes.AsSpan().IndexOf(System.Text.Encoding.Latin1.GetBytes(signature))] = 0;

            AssertRefused(bytes, "zip64");
        }
    }

    [Test]
    public void Random_damage_to_64_bit_archives_gives_values_or_a_CheckpointException() =>
        FuzzedFiles.Check(Model(zip64: true).ToArray(zip64: true), 1000, PyTorchFile.OpenFile);

    private static ZipBytes Model(bool zip64 = false) =>
        new ZipBytes().Add("archive/data.pkl", TorchBytes.SixFloatsPickle(), zip64)
            .Add("archive/version", "3\n"u8.ToArray(), zip64)
            .Add("archive/data/0", TorchBytes.SixFloats(), zip64);

    private void AssertRefused(byte[] bytes, string found) =>
        Assert.That(
            () => Open(bytes), Throws.TypeOf<CheckpointException>().With.Message.Contains(found));

    private PyTorchFile Open(byte[] bytes) => PyTorchFile.OpenFile(_folder.Write("pytorch_model.bin", bytes));
}
