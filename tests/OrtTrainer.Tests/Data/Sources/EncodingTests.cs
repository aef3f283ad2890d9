using System.Text;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data.Sources;

public sealed class EncodingTests
{
    private const string Content = "text\tlabel\nein größerer Text\t1\nund noch einer\t2\n";

    [TestCase("windows-1252", new byte[] { (byte)'g', (byte)'r', 0xF6, 0xDF, 0x80 }, "größ€")]
    [TestCase("cp1252", new byte[] { 0x93, (byte)'a', 0x94 }, "“a”")]
    [TestCase("latin-1", new byte[] { 0xE9 }, "é")]
    [TestCase("shift_jis", new byte[] { 0x93, 0xFA, 0x96, 0x7B }, "日本")]
    [TestCase("gb18030", new byte[] { 0xD6, 0xD0, 0xCE, 0xC4 }, "中文")]
    [TestCase("koi8-r", new byte[] { 0xC4, 0xC1 }, "да")]
    [TestCase("utf-8", new byte[] { 0xC3, 0xA9 }, "é")]
    [TestCase("utf-16be", new byte[] { 0x00, 0xE9 }, "é")]
    public void A_named_encoding_is_read(string name, byte[] bytes, string text) =>
        Assert.That(Tables.Read(bytes, DataFormat.Lines, new TableOptions { Encoding = name }).Single()["text"],
            Is.EqualTo(text));

    [TestCase("utf-16")]
    [TestCase("utf-16BE")]
    [TestCase("utf-32")]
    public void A_byte_order_mark_tells_UTF_16_and_is_told(string name)
    {
        List<string> notes = [];
        Encoding encoding = Encoding.GetEncoding(name);
        using MemoryStream stream = new([.. encoding.GetPreamble(), .. encoding.GetBytes(Content)]);

        DataRow[] rows =
            [.. TableReader.Read(stream, "inline", new TableOptions { Format = DataFormat.Tsv }, notes.Add)];

        Assert.That(rows.Select(row => row["text"]), Is.EqualTo(new[] { "ein größerer Text", "und noch einer" }));
        Assert.That(rows[1].Line, Is.EqualTo(3));
        Assert.That(notes.Single(),
            Does.StartWith("inline: read as UTF-").And.EndsWith("which its byte order mark says."));
    }

    [Test]
    public void A_long_text_keeps_its_lines_and_characters_over_the_borders_of_blocks()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"größer {i} 日本 😀\n"));

        List<DataRow> rows = Tables.Read(
            Encoding.Unicode.GetBytes(text), DataFormat.Lines, new TableOptions { Encoding = "utf-16le" });

        Assert.That(string.Concat(rows.Select(row => row["text"] + "\n")), Is.EqualTo(text));
        Assert.That(rows[^1].Line, Is.EqualTo(20_000));
    }

    [Test]
    public void What_the_encoding_cannot_decode_is_refused_with_its_line() =>
        Assert.That(
            Tables.Refusal([.. "a\nb\n"u8, 0x81, 0x20], DataFormat.Lines, new TableOptions { Encoding = "shift_jis" })
                .Message,
            Does.StartWith("inline, line 3: 0x81").And.Contains("nothing in shift_jis"));

    [Test]
    public void Text_that_is_no_UTF_8_is_refused_with_the_encoding_that_may_be_its() =>
        Assert.That(
            Tables.Refusal([.. "text\nein gr"u8, 0xF6, 0xDF, .. "erer Text\n"u8], DataFormat.Csv).Message,
            Does.StartWith("inline, line 2: not valid UTF-8: 0xF6").And.Contains("at byte 7 of the line")
                .And.Contains("In windows-1252 it reads 'ein größerer Text'").And.Contains("--encoding windows-1252"));

    [TestCase("utf-16", "utf-16le")]
    [TestCase("utf-16BE", "utf-16be")]
    public void UTF_16_without_a_mark_is_named_and_not_guessed(string encoding, string advice) =>
        Assert.That(
            Tables.Refusal(Encoding.GetEncoding(encoding).GetBytes(Content), DataFormat.Tsv).Message,
            Does.Contain($"--encoding {advice}."));

    [Test]
    public void An_unknown_encoding_is_refused() =>
        Assert.That(() => new TableOptions { Encoding = "windows-12" },
            Throws.ArgumentException.With.Message.StartsWith("Encoding is 'windows-12'; expected the name"));
}
