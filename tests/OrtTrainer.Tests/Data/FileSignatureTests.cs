using System.IO.Compression;
using System.Text;
using OrtTrainer.Data;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Data;

/// <summary>Files that are not text are named for what they are, whatever they are called.</summary>
public sealed class FileSignatureTests
{
    [TestCase("PAR1\u0015\u0004", "a Parquet file")]
    [TestCase("ARROW1\0\0", "an Arrow file")]
    [TestCase("SQLite format 3\0", "an SQLite database")]
    [TestCase("%PDF-1.7", "a PDF")]
    public void A_signature_is_named_in_every_format(string start, string name)
    {
        byte[] content = [.. Encoding.Latin1.GetBytes(start), 0xFF, 0xFE, 0x00];
        foreach (DataFormat format in Enum.GetValues<DataFormat>().Where(format => format != DataFormat.Auto))
        {
            Assert.That(Tables.Refusal(content, format).Message,
                Does.StartWith($"inline: this is {name}, whatever its ending; expected a table of text."), $"{format}");
        }
    }

    [Test]
    public void A_workbook_and_a_compressed_file_are_named_under_any_extension()
    {
        using TemporaryFolder folder = new();
        string book = folder.File("book.xlsx"), packed = folder.File("rows.csv.gz"), named = folder.File("rows.csv");
        using (ZipArchive zip = ZipFile.Open(book, ZipArchiveMode.Create))
        {
            zip.CreateEntry("xl/workbook.xml");
        }

        using (GZipStream stream = new(File.Create(packed), CompressionLevel.Fastest))
        {
            stream.Write("text,label\n"u8);
        }

        File.Copy(packed, named);
        Assert.That(Refusal(book), Does.StartWith($"{book}: this is a zip file, as Excel (.xlsx)"));
        Assert.That(Refusal(packed), Does.StartWith($"{packed}: this is a gzip file"));
        Assert.That(Refusal(named), Does.StartWith($"{named}: this is a gzip file"));
    }

    [Test]
    public void A_text_that_begins_like_one_is_a_text() =>
        Assert.That(Tables.Read("PARTY\nBZ\n", DataFormat.Lines).Select(row => row["text"]),
            Is.EqualTo(new[] { "PARTY", "BZ" }));

    private static string Refusal(string path) =>
        Assert.Throws<DataFileException>(() => _ = TableReader.Read(path).Count())!.Message;
}
