using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Text;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PreTokenization;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Tests.Text.Training;

public sealed class TokenizerTrainingTests
{
    private const string Text = """
        The quick brown fox jumps over the lazy dog, and the dog isn't  quick.
        Élan vital — naïve cafés; 中文 and 123 numbers.   Trailing blanks 
        The dogs' quickness jumped over   the brownest foxes.

        """;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase(TokenizerKind.WordPiece)]
    [TestCase(TokenizerKind.ByteLevelBpe)]
    [TestCase(TokenizerKind.Unigram)]
    public void A_saved_tokenizer_reads_texts_as_the_trained_one(TokenizerKind kind)
    {
        TrainedTokenizer trained = TokenizerTraining.Train(Options(kind, threads: 2));
        string folder = Path.Combine(_folder.Path, "out");
        trained.Save(folder);

        IReadOnlyList<int> expected = trained.Tokenizer.Encode("The foxes' naïve dog", "isn't quick").Ids;
        Assert.That(Tokenizer.Load(folder).Encode("The foxes' naïve dog", "isn't quick").Ids, Is.EqualTo(expected));
        Assert.That(expected, Has.None.EqualTo(trained.Tokenizer.UnknownId));
        Assert.That(
            trained.Tokenizer.Decode(trained.Tokenizer.Encode("The quick dog").Ids), Is.EqualTo("The quick dog"));
        if (kind == TokenizerKind.Unigram)
        {
            // It has no vocabulary files beside tokenizer.json, and may find no use for so many tokens.
            Assert.That(trained.Tokenizer.VocabularySize, Is.InRange(100, 320));
            return;
        }

        Assert.That(trained.Tokenizer.VocabularySize, Is.EqualTo(320));
        // Without tokenizer.json, other software reads the vocabulary files.
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        Assert.That(Tokenizer.Load(folder).Encode("The foxes' naïve dog", "isn't quick").Ids, Is.EqualTo(expected));
    }

    [TestCase(TokenizerKind.WordPiece)]
    [TestCase(TokenizerKind.ByteLevelBpe)]
    [TestCase(TokenizerKind.Unigram)]
    public void Threads_make_no_difference(TokenizerKind kind)
    {
        Random random = new(3);
        string[] words = ["alpha", "beta", "gamma", "delta", "epsilon"];
        string corpus = Corpus(string.Concat(Enumerable.Range(0, 400_000).Select(i =>
            $"{words[random.Next(5)]}{random.Next(300)}{(i % 12 == 11 ? '\n' : ' ')}")));
        TokenizerTrainingOptions options = new()
        {
            Corpus = [corpus],
            Kind = kind,
            VocabularySize = 600,
            Threads = 1,
        };

        byte[] one = TokenizerTraining.Train(options).Tokenizer.ToTokenizerJson();
        byte[] three = TokenizerTraining.Train(options with { Threads = 3 }).Tokenizer.ToTokenizerJson();

        Assert.That(three, Is.EqualTo(one));
    }

    /// <summary>The shortcut through different chunks of texts gives the words of whole lines.</summary>
    [Test]
    public void Words_are_counted_as_the_pipeline_makes_them_of_whole_lines()
    {
        string corpus = Corpus(Text);
        (Normalizer?, PreTokenizer)[] pipelines =
        [
            (new BertNormalizer(new BertNormalizerOptions()), new BertPreTokenizer()),
            (null, new ByteLevelPreTokenizer(addPrefixSpace: false, useGpt2Pattern: true)),
            (
                new SequenceNormalizer(
                [
                    new UnicodeFormNormalizer(UnicodeForm.Nfkc),
                    new ReplaceNormalizer(TextPattern.Expression(@"\s+"), " "),
                    new StripNormalizer(left: true, right: true),
                ]),
                new MetaspacePreTokenizer(0x2581, MetaspacePrepend.Always, split: true)),
        ];
        foreach ((Normalizer? normalizer, PreTokenizer preTokenizer) in pipelines)
        {
            (string, long)[] expected =
            [
                .. Text.Split('\n').SelectMany(line => WordCounts.Words(line, normalizer, preTokenizer))
                    .GroupBy(word => word).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => (group.Key, group.LongCount())),
            ];

            Assert.That(
                WordCounts.Of(TextCorpus.Open([corpus]), normalizer, preTokenizer, 2, default),
                Is.EqualTo(expected));
        }
    }

    [Test]
    public void The_most_frequent_characters_stay_where_the_alphabet_is_limited()
    {
        Tokenizer tokenizer = TokenizerTraining.Train(new TokenizerTrainingOptions
        {
            Corpus = [Corpus("aaa aa bb b c\n")],
            VocabularySize = 9,
            LimitAlphabet = 2,
        }).Tokenizer;

        Assert.That(tokenizer.Encode("c", options: new EncodeOptions { AddSpecialTokens = false }).Ids,
            Is.EqualTo(new[] { tokenizer.UnknownId }));
        Assert.That(tokenizer.Encode("a", options: new EncodeOptions { AddSpecialTokens = false }).Ids,
            Is.EqualTo(new[] { 5 }));
    }

    [Test]
    public void A_vocabulary_smaller_than_the_alphabet_is_refused()
    {
        Refused(Options(TokenizerKind.WordPiece, 1) with { VocabularySize = 20 },
            "a vocabulary of 20 tokens is smaller than its alphabet: 5 special tokens and 40 characters; expected 45 "
            + "or more. Make it larger, or limit the alphabet.");
        Refused(Options(TokenizerKind.ByteLevelBpe, 1) with { VocabularySize = 200 },
            "a vocabulary of 200 tokens is smaller than its alphabet: 5 special tokens and 256 characters; expected "
            + "261 or more. Make it larger.");
    }

    [Test]
    public void A_corpus_without_words_is_refused()
    {
        TokenizerTrainingOptions options = Options(TokenizerKind.WordPiece, 1);
        string corpus = Corpus(" \n\n");

        Refused(options, $"{corpus}: there are no words in the corpus; give files with texts.");
    }

    [Test]
    public void Files_that_are_there_are_not_written_over()
    {
        TrainedTokenizer trained = TokenizerTraining.Train(Options(TokenizerKind.WordPiece, 1));
        trained.Save(_folder.Path);

        Assert.That(() => trained.Save(_folder.Path), Throws.InstanceOf<IOException>().With.Message.EndsWith(
            "tokenizer.json is there already; give another folder, or take the file away."));
    }

    private static void Refused(TokenizerTrainingOptions options, string message) =>
        Assert.That(() => TokenizerTraining.Train(options), Throws.InstanceOf<InvalidDataException>().With
            .Message.EqualTo(message));

    private TokenizerTrainingOptions Options(TokenizerKind kind, int threads) => new()
    {
        Corpus = [Corpus(string.Concat(Enumerable.Repeat(Text, 3)) + string.Concat(Enumerable.Range(0, 300)
            .Select(i => $"{(char)('a' + (i % 26))}{(char)('a' + (i * 7 % 26))}{(char)('a' + (i / 26))} \n")))],
        Kind = kind,
        VocabularySize = 320,
        MinFrequency = 1,
        Threads = threads,
    };

    private string Corpus(string text)
    {
        string file = Path.Combine(_folder.Path, "corpus.txt");
        File.WriteAllText(file, text);
        return file;
    }
}
