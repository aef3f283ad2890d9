using Apache.Arrow.Ipc;
using OrtTrainer.Data;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Data.Sources;

public sealed class ArrowTests
{
    private static readonly (string, long)[] Rows = [("a", 1), ("ü", 0), ("", 2)];

    [Test]
    public void Batches_of_a_stream_follow_one_another()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("data.arrow");
        ArrowFiles.WriteStream(path, Rows, Rows);

        Assert.That(Read(path), Is.EqualTo(Rows.Concat(Rows)));
    }

    [TestCase(null)]
    [TestCase(CompressionCodecType.Lz4Frame)]
    [TestCase(CompressionCodecType.Zstd)]
    public void A_file_is_read_in_any_compression(CompressionCodecType? compression)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("data.arrow");
        ArrowFiles.WriteFile(path, Rows, compression);

        Assert.That(Read(path), Is.EqualTo(Rows));
    }

    [Test]
    public void Lists_are_lists()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("data.arrow");
        ArrowFiles.WriteTagged(path, (["Ada", "flew"], [1, 0]), ([], []));

        Assert.That(TableReader.Read(path).Select(row => $"{row["tokens"]} {row["ner_tags"]}"),
            Is.EqualTo(new[] { "[\"Ada\",\"flew\"] [1,0]", "[] []" }));
    }

    [Test]
    public void A_stream_that_is_cut_off_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("data.arrow");
        ArrowFiles.WriteStream(path, Rows);
        using (FileStream stream = File.OpenWrite(path))
        {
            stream.SetLength(stream.Length - 60);
        }

        Assert.That(() => Read(path), Throws.TypeOf<DataFileException>()
            .With.Message.StartsWith($"{path}: the Arrow file cannot be read: "));
    }

    private static (string, long)[] Read(string path) =>
        [.. TableReader.Read(path).Select(row => (row["text"], long.Parse(row["label"])))];
}
