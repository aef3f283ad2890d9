using OrtTrainer.Text;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Tests.Text.PostProcessing;

/// <summary>Overflow windows by their properties, for all small lengths.</summary>
public sealed class EncodingAssemblyTests
{
    private const int Cls = 100;
    private const int Sep = 101;
    private static readonly EncodingAssembly Bert = new(SequenceTemplate.Bert(Cls, Sep));

    [Test]
    public void Windows_cover_the_text_and_share_the_stride()
    {
        for (int count = 0; count <= 20; count++)
        {
            for (int keep = 1; keep <= 8; keep++)
            {
                for (int stride = 0; stride < keep; stride++)
                {
                    EncodeOptions options = new() { MaxLength = keep + 2, Stride = stride };
                    AssertWindows(Windows(Bert.Assemble(Tokens(count), null, options)), count, keep, stride);
                }
            }
        }
    }

    [Test]
    public void A_stride_that_makes_no_progress_is_refused_only_where_there_is_overflow()
    {
        EncodeOptions options = new() { MaxLength = 5, Stride = 3 };

        Assert.That(Bert.Assemble(Tokens(3), null, options).Ids, Is.EqualTo([Cls, 0, 1, 2, Sep]));
        Assert.That(() => Bert.Assemble(Tokens(4), null, options), Throws.TypeOf<TruncationException>());
    }

    [Test]
    public void Every_window_of_a_pair_has_what_the_template_says()
    {
        TokenSequence first = Tokens(7);
        TokenSequence second = Tokens(5, firstId: 50);
        Encoding encoding = Bert.Assemble(first, second, new EncodeOptions { MaxLength = 9, Stride = 1 });

        // Three of each: the first text in windows from 0, 2 and 4, the second from 0 and 2.
        Encoding[] all = [encoding, .. encoding.Overflow];
        Assert.That(
            all.Select(window => $"{window.Ids[1]}..{window.Ids[3]} {window.Ids[5]}..{window.Ids[7]}"),
            Is.EqualTo(["0..2 50..52", "0..2 52..54", "2..4 50..52", "2..4 52..54", "4..6 50..52", "4..6 52..54"]));
        Assert.That(encoding.Overflow.Select(window => window.Overflow.Count), Is.All.Zero);
        foreach (Encoding window in all)
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(window.TypeIds, Is.EqualTo([0, 0, 0, 0, 0, 1, 1, 1, 1]));
                Assert.That(window.SpecialTokensMask, Is.EqualTo([1, 0, 0, 0, 1, 0, 0, 0, 1]));
                Assert.That(window.Offsets[5], Is.EqualTo(new TextRange(window.Ids[5] - 50, window.Ids[5] - 49)));
                Assert.That(window.WordIds[4], Is.EqualTo(Encoding.NoWord));
            }
        }
    }

    [Test]
    public void Without_special_tokens_there_is_more_room()
    {
        EncodeOptions options = new() { MaxLength = 4, AddSpecialTokens = false };
        Encoding encoding = Bert.Assemble(Tokens(3), Tokens(3, 50), options);

        Assert.That(encoding.Ids, Is.EqualTo([0, 1, 50, 51]));
        Assert.That(encoding.TypeIds, Is.EqualTo([0, 0, 1, 1]), "the template's types stay");
    }

    [TestCase(2, 1, true)]
    [TestCase(2, 2, false)]
    public void Special_tokens_need_room(int special, int maxLength, bool refused)
    {
        EncodingAssembly assembly = new(new SequenceTemplate(
            [TemplatePiece.Text(0, 0), new TemplatePiece(-1, [.. Enumerable.Range(0, special)], 0)], []));

        Assert.That(
            () => assembly.Assemble(Tokens(1), null, new EncodeOptions { MaxLength = maxLength }),
            refused ? Throws.TypeOf<TruncationException>().With.Message.Contains($"{special} special")
                : Throws.Nothing);
    }

    [Test]
    public void Roberta_puts_two_separators_between_texts_of_one_type()
    {
        EncodingAssembly roberta = new(SequenceTemplate.Roberta(Cls, Sep));
        Encoding pair = roberta.Assemble(Tokens(1), Tokens(1, 50), EncodeOptions.Default);

        Assert.That(pair.Ids, Is.EqualTo([Cls, 0, Sep, Sep, 50, Sep]));
        Assert.That(pair.TypeIds, Is.All.Zero);
        Assert.That(roberta.Assemble(Tokens(1), null, EncodeOptions.Default).Ids, Is.EqualTo([Cls, 0, Sep]));
    }

    [Test]
    public void Without_a_template_the_texts_follow_each_other()
    {
        EncodingAssembly none = new(SequenceTemplate.None);
        Encoding pair = none.Assemble(Tokens(2), Tokens(1, 50), EncodeOptions.Default);

        Assert.That(pair.Ids, Is.EqualTo([0, 1, 50]));
        Assert.That(pair.TypeIds, Is.EqualTo([0, 0, 1]));
        Assert.That(none.Template(addSpecialTokens: true).AddedCount(isPair: true), Is.Zero);
    }

    private static void AssertWindows(int[][] windows, int count, int keep, int stride)
    {
        string shown = $"{count} tokens, {keep} at a time, {stride} shared";
        int expected = count <= keep ? 1 : 1 + (int)Math.Ceiling((count - keep) / (double)(keep - stride));
        Assert.That(windows, Has.Length.EqualTo(expected), shown);
        Assert.That(windows.SelectMany(window => window).Distinct().Order(), Is.EqualTo(Enumerable.Range(0, count)),
            shown);
        for (int i = 0; i < windows.Length; i++)
        {
            Assert.That(windows[i].Length, Is.LessThanOrEqualTo(keep), shown);
            if (i > 0)
            {
                Assert.That(windows[i - 1].Length, Is.EqualTo(keep), $"{shown}: only the last is shorter");
                Assert.That(windows[i].Intersect(windows[i - 1]).Count(), Is.EqualTo(stride), shown);
            }
        }
    }

    /// <summary>The tokens of all windows between [CLS] and [SEP].</summary>
    private static int[][] Windows(Encoding encoding)
    {
        Encoding[] all = [encoding, .. encoding.Overflow];
        Assert.That(all.Select(window => (window.Ids[0], window.Ids[^1])), Is.All.EqualTo((Cls, Sep)));
        return [.. all.Select(window => window.Ids.Skip(1).SkipLast(1).ToArray())];
    }

    /// <summary>So many tokens, each a word of one character.</summary>
    private static TokenSequence Tokens(int count, int firstId = 0)
    {
        TokenSequence tokens = new();
        for (int i = 0; i < count; i++)
        {
            tokens.Add(firstId + i, new TextRange(i, i + 1), i);
        }

        return tokens;
    }
}
