using System.IO.Compression;
using System.Text;
using OrtTrainer.Data;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Data.Sources;

public sealed class CompressedFileTests
{
    private static readonly string Content =
        "text,label\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"text number {i},{i % 7}\n"));

    [TestCase("rows.csv.gz", "gzip")]
    [TestCase("rows.csv.zst", "zstd")]
    [TestCase("rows.csv", "gzip")]
    [TestCase("rows.csv", "zstd")]
    [TestCase("rows.csv.gz", "none")]
    public void Content_is_told_by_its_first_bytes_and_its_format_by_its_name(string name, string kind)
    {
        using TemporaryFolder folder = new();
        string path = folder.File(name);
        File.WriteAllBytes(path, Compressed(Content, kind));

        DataRow[] rows = [.. TableReader.Read(path)];

        Assert.That(rows, Has.Length.EqualTo(3000));
        Assert.That((rows[2999]["text"], rows[2999]["label"], rows[2999].Line),
            Is.EqualTo(("text number 2999", "3", 3001)));
    }

    [TestCase("rows.jsonl.gz", "{\"text\": \"a\", \"label\": 1}\n")]
    [TestCase("rows.json.gz", "[{\"text\": \"a\", \"label\": 1}]")]
    [TestCase("rows.tsv.zst", "text\tlabel\na\t1\n")]
    [TestCase("rows.conll.zst", "a 1\n")]
    public void Every_format_of_text_may_be_compressed(string name, string content)
    {
        using TemporaryFolder folder = new();
        string path = folder.File(name);
        File.WriteAllBytes(path, Compressed(content, name.EndsWith(".gz") ? "gzip" : "zstd"));

        Assert.That(TableReader.Read(path).Single().Values, Has.Count.EqualTo(2));
    }

    [TestCase("gzip")]
    [TestCase("zstd")]
    public void A_file_that_is_cut_off_is_refused_with_how_far_it_was_read(string kind)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("rows.csv.packed.csv");
        byte[] whole = Compressed(Content, kind);
        foreach (int length in new[] { whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);

            Assert.That(() => TableReader.Read(path).Count(), Throws.TypeOf<DataFileException>()
                .With.Message.StartsWith($"{path}: the compressed file is cut off or damaged: after ")
                .And.Message.EndsWith("Copy or download it again."), $"{length} of {whole.Length} bytes");
        }
    }

    [Test]
    public void Standard_input_may_be_compressed_and_come_in_pieces()
    {
        using MemoryStream source = new(Compressed("a\nb\n", "gzip"));

        Assert.That(TableReader.Read(source, "standard input", new TableOptions { Format = DataFormat.Lines })
            .Select(row => row["text"]), Is.EqualTo(new[] { "a", "b" }));
    }

    private static byte[] Compressed(string content, string kind)
    {
        using MemoryStream packed = new();
        using (Stream stream = kind switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
            _ => new BufferedStream(packed),
        })
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
            stream.Flush();
            return kind == "none" ? packed.ToArray() : Closed(stream, packed);
        }
    }

    private static byte[] Closed(Stream stream, MemoryStream packed)
    {
        stream.Dispose();
        return packed.ToArray();
    }
}
