using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Cli;

public sealed class TokenizerCommandTests
{
    private TemporaryFolder _folder = null!;
    private string _corpus = null!;
    private string _output = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        _corpus = Path.Combine(_folder.Path, "corpus.txt");
        _output = Path.Combine(_folder.Path, "tokenizer");
        File.WriteAllText(_corpus, "to be or not to be that is the question\n");
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void A_vocabulary_is_made_of_texts_and_written()
    {
        CliRun run = CliRun.Of(
            "tokenizer", "train", _corpus, "--out", _output, "--vocabulary-size", "30").Succeeded();

        Assert.That(run.Lines[0], Does.StartWith("30 tokens from 0.0 MB in 1 file, "));
        Assert.That(Tokenizer.Load(_output).VocabularySize, Is.EqualTo(30));
    }

    [Test]
    public void A_vocabulary_that_stays_smaller_is_said()
    {
        CliRun run = CliRun.Of("tokenizer", "train", _corpus, "--out", _output).Succeeded();

        Assert.That(run.Lines[1],
            Is.EqualTo("Fewer than 30000: nothing more occurs often enough to be a token."));
    }

    [Test]
    public void Bad_usage_is_refused()
    {
        Assert.That(CliRun.Of("tokenizer", "train", "--out", _output), Is.EqualTo(new CliRun(2, "",
            "error: texts are missing: tokenizer train PATH... --out DIR, files and folders of texts in UTF-8.\n")));
        Assert.That(CliRun.Of("tokenizer", "train", _corpus), Is.EqualTo(new CliRun(2, "",
            "error: --out is missing: give the folder to write the tokenizer to.\n")));
        Assert.That(CliRun.Of("tokenizer", "train", _corpus, "--out", _output, "--vocabulary-size", "7"),
            Is.EqualTo(new CliRun(2, "", "error: --vocabulary-size is 7; expected 8 or more.\n")));
    }

    [Test]
    public void A_failure_writes_nothing()
    {
        CliRun run = CliRun.Of("tokenizer", "train", _corpus, "--out", _output, "--vocabulary-size", "10");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("error: a vocabulary of 10 tokens is smaller than its alphabet: "));
        Assert.That(Directory.Exists(_output), Is.False);
    }
}
