using System.Text;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

/// <summary>The same lines, however the bytes arrive.</summary>
internal sealed class Utf8LinesTests
{
    private const string Text = "first\r\nzweite Zeile: größer\n\n日本語 😀 text\rwith a lone return\r\n\tlast, no break 😀";

    [Test]
    public void Lines_do_not_depend_on_how_many_bytes_arrive_at_a_time([Values(1, 2, 3, 5, 7, 64)] int most)
    {
        var lines = Read(new Trickle(Encoding.UTF8.GetBytes(Text), most));

        Assert.That(lines.Select(line => line.Text), Is.EqualTo(Text.Replace("\r\n", "\n").Split('\n')));
        Assert.That(lines.Select(line => line.Number), Is.EqualTo(Enumerable.Range(1, lines.Count)));
    }

    [Test]
    public void Random_text_splits_as_a_string_does([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        string[] pieces = ["\n", "\r\n", "a", "é", "€", "😀", " ", "\u2028", "\u0085", new string('x', 40_000)];
        var text = string.Concat(Enumerable.Range(0, 60).Select(_ => pieces[random.Next(pieces.Length)])) + "end";

        var lines = Read(new Trickle(Encoding.UTF8.GetBytes(text), 70_001));

        Assert.That(lines.Select(line => line.Text), Is.EqualTo(text.Replace("\r\n", "\n").Split('\n')));
    }

    [TestCase("", 0)]
    [TestCase("\n", 1)]
    [TestCase("\n\n", 2)]
    [TestCase("a", 1)]
    [TestCase("a\n", 1)]
    [TestCase("a\r\n", 1)]
    [TestCase("\uFEFF", 1)]
    public void A_break_ends_a_line_and_begins_none(string text, int expected) =>
        Assert.That(Read(new MemoryStream(Encoding.UTF8.GetBytes(text))), Has.Count.EqualTo(expected));

    [Test]
    public void A_byte_order_mark_is_dropped_at_the_beginning_and_nowhere_else() =>
        Assert.That(
            Read(new MemoryStream(Encoding.UTF8.GetBytes("\uFEFFa\n\uFEFFb"))).Select(line => line.Text),
            Is.EqualTo(new[] { "a", "\uFEFFb" }));

    [Test]
    public void A_character_cut_off_by_the_end_is_refused_with_its_line()
    {
        byte[] bytes = [.. "good\nbad "u8, 0xE2, 0x82];

        Assert.That(
            () => Read(new MemoryStream(bytes)),
            Throws.TypeOf<DataFileException>().With.Message.Contains("2").And.Message.Contains("0xE2"));
    }

    private static List<TextLine> Read(Stream stream) => [.. Utf8Lines.Read(stream, "inline")];

    // Gives at most so many bytes at a time, as a pipe does.
    private sealed class Trickle(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, most));
    }
}
