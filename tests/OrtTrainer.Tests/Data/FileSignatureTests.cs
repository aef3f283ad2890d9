using System.IO.Compression;
using System.Text;
using OrtTrainer.Data;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Data;

/// <summary>Files that are not text are named for what they are, whatever they are called.</summary>
public sealed class FileSignatureTests
{
    [TestCase("SQLite format 3\0", "an SQLite database")]
    [TestCase("%PDF-1.7", "a PDF")]
    public void A_signature_is_named_in_every_format(string start, string name)
    {
        byte[] content = [.. Encoding.Latin1.GetBytes(start), 0xFF, 0xFE, 0x00];
        foreach (DataFormat format in Enum.GetValues<DataFormat>().Where(format =>
            format is not (DataFormat.Auto or DataFormat.Parquet or DataFormat.Arrow)))
        {
            Assert.That(Tables.Refusal(content, format).Message,
                Does.StartWith($"inline: this is {name}, whatever its ending; expected a table of text."), $"{format}");
        }
    }

    [TestCase("book.xlsx", "'.xlsx' is the extension of a spreadsheet's workbook, which is not read. Save it as CSV")]
    [TestCase("book.ODS", "'.ods' is the extension of a spreadsheet's workbook, which is not read. Save it as CSV")]
    [TestCase("book.csv", "this is a zip file, as Excel (.xlsx)")]
    [TestCase("book", "this is a zip file, as Excel (.xlsx)")]
    public void A_workbook_is_named_by_its_extension_or_by_what_is_in_it(string name, string message)
    {
        using TemporaryFolder folder = new();
        string book = folder.File(name);
        using (ZipArchive zip = ZipFile.Open(book, ZipArchiveMode.Create))
        {
            zip.CreateEntry("xl/workbook.xml");
        }

        Assert.That(Refusal(book), Does.StartWith($"{book}: {message}"));
    }

    [Test]
    public void A_text_that_begins_like_one_is_a_text() =>
        Assert.That(Tables.Read("PARTY\nBZ\n", DataFormat.Lines).Select(row => row["text"]),
            Is.EqualTo(new[] { "PARTY", "BZ" }));

    private static string Refusal(string path) =>
        Assert.Throws<DataFileException>(() => _ = TableReader.Read(path).Count())!.Message;
}
