using System.Text.Json.Nodes;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Cli;

/// <summary>Corpora, vocabularies and words that cannot be used, or hardly: a line that says so, and nothing
/// written.</summary>
public sealed class TextBadInputTests
{
    private const string Sentence = "one two three four\n";

    private TemporaryFolder _folder = null!;

    private string Output => _folder.File("out");

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        TinyBert.Write(_folder.File("model"), ["one", "two", "three", "four"]);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void A_vocabulary_smaller_than_the_alphabet(
        [Values("word_piece", "byte_level_bpe", "unigram")] string kind)
    {
        CliRun run = Tokenizer(_folder.Write("corpus.txt", Sentence), kind, "--vocabulary-size", "10");

        AssertRefused(run, "error: a vocabulary of 10 tokens is smaller than its alphabet: 5 special tokens and ");
        Assert.That(run.Error, Does.Contain(" or more. Make it larger"));
    }

    [Test]
    public void A_corpus_without_words(
        [Values("word_piece", "byte_level_bpe", "unigram")] string kind, [Values("", " \n\t\r\n")] string text)
    {
        string corpus = _folder.Write("corpus.txt", text);

        AssertRefused(Tokenizer(corpus, kind),
            $"error: {corpus}: there are no words in the corpus; give files with texts.\n");
    }

    [TestCase(new byte[] { 0x61, 0x0A, 0x00 }, "there is a zero byte at offset 2, so it is no text")]
    [TestCase(new byte[] { 0x61, 0x0A, 0xFF }, "not valid UTF-8: 0xFF at offset 2. Take the file out")]
    public void Bytes_that_are_no_text(byte[] bytes, string message)
    {
        string corpus = _folder.Write("junk.txt", bytes);

        AssertRefused(Tokenizer(corpus, "word_piece"), $"error: {corpus}: {message}");
        AssertRefused(Pretrain(corpus), $"error: {corpus}: {message}");
    }

    [Test]
    public void A_corpus_of_which_nothing_is_left_to_score_on()
    {
        string corpus = _folder.Write("corpus.txt", Sentence + Sentence);

        AssertRefused(Pretrain(corpus), $"error: {corpus}: of its documents, 0.01 of which are held out to score on, 2 "
            + "are to learn from and 0 to score on; expected some for both. Give more texts, hold out more "
            + "(--eval-fraction), or give a file of its own to score on (--eval).\n");
    }

    [Test]
    public void A_tokenizer_with_more_tokens_than_the_model()
    {
        string file = _folder.File("model/config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(file))!;
        config["vocab_size"] = 7;
        File.WriteAllText(file, config.ToJsonString());

        CliRun run = Pretrain(_folder.Write("corpus.txt", Sentence + Sentence), "--from-scratch");

        AssertRefused(run, $"error: {_folder.File("model")}: the tokenizer has 9 tokens, but vocab_size in config.json "
            + "is 7. Take the tokenizer files that belong to this model.\n");
    }

    [Test]
    public void A_configuration_takes_the_size_of_the_tokenizer_it_is_put_together_with()
    {
        string corpus = _folder.Write("corpus.txt", Sentence + Sentence);
        string config = _folder.Write("start.json",
            File.ReadAllText(_folder.File("model/config.json")).Replace("\"vocab_size\": 9", "\"vocab_size\": 777"));

        CliRun.Of("pretrain", "--config", config, "--tokenizer", _folder.File("model"), "--train", corpus, "--eval",
            corpus, "--out", Output, "--max-steps", "1", "--max-length", "16", "--quiet").Succeeded();

        JsonNode exported = JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "config.json")))!;
        Assert.That((int)exported["vocab_size"]!, Is.EqualTo(9));
    }

    [Test]
    public void A_model_that_reads_less_than_one_token_of_text()
    {
        string corpus = _folder.Write("corpus.txt", Sentence + Sentence);
        Pretrain(corpus, "--eval", corpus, "--max-steps", "1", "--quiet").Succeeded();

        CliRun run = CliRun.Of("evaluate", "--model", Output, "--data", corpus, "--max-length", "2");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, "error: 2 tokens leave no room for text: 2 of them are "
            + "special ones. Allow more tokens (--max-length).\n")));
    }

    [Test]
    public void A_word_of_ten_thousand_characters_is_read_by_all_that_read_texts(
        [Values("word_piece", "byte_level_bpe", "unigram")] string kind)
    {
        string word = new('x', 10_000);
        string corpus = _folder.Write("corpus.txt", $"{word}\n{Sentence}{Sentence}");

        Tokenizer(corpus, kind, "--vocabulary-size", "300", "--out", _folder.File("tokenizer")).Succeeded();
        CliRun.Of("pretrain", "--config", _folder.File("model/config.json"), "--tokenizer", _folder.File("tokenizer"),
            "--train", corpus, "--eval", corpus, "--out", Output, "--max-steps", "2", "--max-length", "16",
            "--threads", "1", "--quiet").Succeeded();
        string rows = _folder.Write("train.tsv", $"text\tlabel\n{word}\ta\none\tb\n{word} two\ta\nthree\tb\n");
        CliRun.Of("finetune", "--model", Output, "--train", rows, "--eval", rows, "--out", _folder.File("tuned"),
            "--max-steps", "1", "--max-length", "16", "--quiet").Succeeded();
        CliRun run = CliRun.WithInput($"{word}\n", "predict", "--model", _folder.File("tuned"), "--input", "-");

        Assert.That((run.ExitCode, run.Lines.Count), Is.EqualTo((0, 1)), run.Error);
    }

    private CliRun Tokenizer(string corpus, string kind, params string[] more) => CliRun.Of(
        ["tokenizer", "train", corpus, "--kind", kind, .. more.Contains("--out") ? [] : new[] { "--out", Output },
            .. more]);

    private CliRun Pretrain(string corpus, params string[] more) => CliRun.Of(
    [
        "pretrain", "--model", _folder.File("model"), "--train", corpus, "--out", Output, "--max-length", "16",
        .. more,
    ]);

    private void AssertRefused(CliRun run, string message)
    {
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Error, Does.StartWith(message));
        Assert.That(run.Error.TrimEnd().Contains('\n'), Is.False, run.Error);
        Assert.That(Directory.Exists(Output), Is.False);
    }
}
