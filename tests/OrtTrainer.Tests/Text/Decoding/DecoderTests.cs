using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Decoding;

namespace OrtTrainer.Tests.Text.Decoding;

public sealed class DecoderTests
{
    [Test]
    public void Wordpiece_joins_continuations_and_tidies_up()
    {
        Assert.That(Text(new WordPieceDecoder("##", true), "un", "##able", "to", ".", "do", "n't"),
            Is.EqualTo("unable to. don't"));
        Assert.That(Text(new WordPieceDecoder("##", false), "a", "."), Is.EqualTo("a ."));
        Assert.That(Text(new WordPieceDecoder("##", true), "##a", "b"), Is.EqualTo("##a b"), "nothing to continue");
    }

    [Test]
    public void Byte_level_reads_bytes_across_tokens()
    {
        Assert.That(Text(new ByteLevelDecoder(), "Hi", "ĠcafÃ", "©", "Ċ"), Is.EqualTo("Hi café\n"));
        Assert.That(Text(new ByteLevelDecoder(), "Ã"), Is.EqualTo("\uFFFD"), "half a character");
        Assert.That(Text(new ByteLevelDecoder(), "a", "中"), Is.EqualTo("a中"), "not of the alphabet");
    }

    [Test]
    public void Metaspace_drops_the_blank_it_prepended()
    {
        Assert.That(Text(new MetaspaceDecoder("▁", true), "▁Hey", "▁you"), Is.EqualTo("Hey you"));
        Assert.That(Text(new MetaspaceDecoder("▁", false), "▁Hey", "▁you"), Is.EqualTo(" Hey you"));
    }

    [Test]
    public void Byte_fallback_reads_runs_of_byte_tokens()
    {
        ByteFallbackDecoder decoder = new();

        Assert.That(decoder.Decode(["a", "<0xE5>", "<0x8f>", "<0xab>", "b"]), Is.EqualTo(["a", "叫", "b"]));
        Assert.That(decoder.Decode(["<0xE5>", "<0x8f>", "a"]), Is.EqualTo(["\uFFFD", "\uFFFD", "a"]));
        Assert.That(decoder.Decode(["<0xE>", "<0xZZ>"]), Is.EqualTo(["<0xE>", "<0xZZ>"]));
    }

    [Test]
    public void Strip_drops_as_many_as_it_is_told()
    {
        Assert.That(
            new StripDecoder("H", 1, 0).Decode(["Hey", " friend!", "HHH"]), Is.EqualTo(["ey", " friend!", "HH"]));
        Assert.That(new StripDecoder("y", 0, 1).Decode(["Hey", "y", "yy"]), Is.EqualTo(["He", "", "y"]));
    }

    [Test]
    public void Fuse_replace_and_sequence_work_on_pieces()
    {
        SequenceDecoder decoder = new([
            new ReplaceDecoder(TextPattern.Literal("▁"), " "), new FuseDecoder(), new StripDecoder(" ", 1, 0),
        ]);

        Assert.That(decoder.Decode(["▁a", "▁▁b"]), Is.EqualTo(["a  b"]));
    }

    [Test]
    public void Bpe_suffixes_become_blanks_but_for_the_last()
    {
        Assert.That(Text(new BpeDecoder("</w>"), "my</w>", "fri", "end</w>"), Is.EqualTo("my friend"));
    }

    [Test]
    public void Sentencepiece_leaves_controls_out_and_marks_unknown_pieces()
    {
        SentencePieceDecoder decoder = new(
            new HashSet<string> { "</s>" }, "<unk>", " \u2047 ", stripsFirstBlank: true, stripsBlanks: true);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(decoder, "▁a", "b", "▁c", "</s>"), Is.EqualTo("ab c"));
            Assert.That(Text(decoder, "▁", "<unk>", "▁b"), Is.EqualTo(" \u2047  b"));
            Assert.That(Text(decoder, "<0xC3>", "<0xA9>", "<0xC3>", "▁b"), Is.EqualTo("é\uFFFD b"));
            Assert.That(Text(decoder), Is.Empty);
        }
    }

    private static string Text(Decoder decoder, params string[] tokens) => string.Concat(decoder.Decode([.. tokens]));
}
