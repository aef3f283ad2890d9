using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks.MaskedLanguageModel;

public sealed class CorpusExamplesTests
{
    private const int Cls = 2;
    private const int Sep = 3;
    private const int A = 5;
    private const int B = 6;
    private const int C = 7;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        TinyBert.Write(_folder.File("model"), ["a", "b", "c"]);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Documents_are_laid_end_to_end_and_cut_to_the_greatest_length()
    {
        Assert.That(Read("a b c a\nb b\n\nc c c\n", new(), maxLength: 6), Is.EqualTo(new int[][]
        {
            [Cls, A, B, C, A, Sep],
            [Cls, B, B, Sep, C, Sep],
            [Cls, C, C, Sep],
        }));
    }

    [Test]
    public void Documents_are_examples_of_their_own_where_asked()
    {
        Assert.That(
            Read("a b c a\nb b\n\nc\n", new() { Separate = true }, maxLength: 5),
            Is.EqualTo(new int[][] { [Cls, A, B, C, Sep], [Cls, B, B, Sep], [Cls, C, Sep] }));
    }

    [Test]
    public void Documents_go_on_to_the_next_blank_line_where_asked()
    {
        Assert.That(
            Read("\na b\nc\n \n\nb b\na", new() { Separate = true, BlankLines = true }, maxLength: 9),
            Is.EqualTo(new int[][] { [Cls, A, B, C, Sep], [Cls, B, B, A, Sep] }));
    }

    [Test]
    public void Documents_held_out_are_the_same_for_the_same_seed_and_about_the_share()
    {
        string corpus = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{"abc"[i % 3]}\n"));
        (int[][] kept, int[][] heldOut) = Split(corpus, seed: 1);

        Assert.That(heldOut, Has.Length.EqualTo(400).Within(4 * Math.Sqrt(2_000 * 0.2 * 0.8)));
        Assert.That(kept.Length + heldOut.Length, Is.EqualTo(2_000));
        Assert.That(Split(corpus, seed: 1).HeldOut, Is.EqualTo(heldOut));
        Assert.That(Split(corpus, seed: 2).HeldOut, Is.Not.EqualTo(heldOut));
    }

    [Test]
    public void Threads_make_no_difference()
    {
        Random random = new(1);
        string corpus = string.Concat(Enumerable.Range(0, 20_000).Select(_ => "abc\n "[random.Next(5)] + " "));

        Assert.That(Read(corpus, new(), 8, threads: 3), Is.EqualTo(Read(corpus, new(), 8, threads: 1)));
    }

    [Test]
    public void Too_little_text_is_refused()
    {
        string file = _folder.Write("corpus.txt", "a\n");

        Assert.That(() => Corpus(new(), 8).Split(file, 0.001, 1), Throws.InstanceOf<DataFileException>().With
            .Message.Contains("of its documents, 0.001 of which are held out to score on, 1 are to learn from and 0 "
                + "to score on; expected some for both."));
        Assert.That(() => Corpus(new(), 8).All(_folder.Write("empty.txt", " \n")),
            Throws.InstanceOf<DataFileException>().With.Message.Contains("there is no text in it"));
        Assert.That(() => Corpus(new(), 2), Throws.InstanceOf<RunException>()
            .With.Message.StartsWith("2 tokens leave no room for text: 2 of them are special ones."));
    }

    private int[][] Read(string text, MaskingOptions options, int maxLength, int threads = 2)
    {
        using TokenBlocks blocks = Corpus(options, maxLength, threads).All(_folder.Write("corpus.txt", text));
        return [.. blocks.Select(block => block.InputIds)];
    }

    private (int[][] Kept, int[][] HeldOut) Split(string text, ulong seed)
    {
        (TokenBlocks kept, TokenBlocks heldOut) =
            Corpus(new() { Separate = true }, 8).Split(_folder.Write("corpus.txt", text), 0.2, seed);
        using (kept)
        using (heldOut)
        {
            return ([.. kept.Select(block => block.InputIds)], [.. heldOut.Select(block => block.InputIds)]);
        }
    }

    private CorpusExamples Corpus(MaskingOptions options, int maxLength, int threads = 2) => new(
        options, Tokenizer.Load(_folder.File("model")), maxLength, threads, default);
}
