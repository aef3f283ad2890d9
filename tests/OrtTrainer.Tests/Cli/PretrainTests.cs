using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Options;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Cli;

public sealed class PretrainTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        TinyBert.Write(_folder.File("model"), ["one", "two", "three", "four"]);
        _folder.Write("corpus.txt", string.Concat(Enumerable.Repeat("one two three four\nfour two one\n", 40)));
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Options_of_the_command_line_reach_the_run()
    {
        FineTuneOptions options = Settings(
            "--mask-share 0.2 --whole-word-masking --separate-documents --blank-line-documents --eval-fraction 0.3 "
            + "--max-length 20 --method ema");

        Assert.That(options.Data.Task, Is.SameAs(MaskedLanguageModelTask.Instance));
        Assert.That(options.Data.MaskShare, Is.EqualTo(0.2));
        Assert.That(
            (options.Data.WholeWordMasking, options.Data.SeparateDocuments, options.Data.BlankLineDocuments),
            Is.EqualTo((true, true, true)));
        Assert.That((options.Data.EvalFraction, options.MaxLength), Is.EqualTo((0.3, 20)));
        Assert.That(options.Metric, Is.EqualTo("perplexity"));
        Assert.That(options.Method.Average, Is.Not.Null);

        // And are read back from the run's options.json as they were.
        FineTuneOptions again = FineTuneOptions.Read(_folder.Write("options.json", options.ToJson().ToJsonString()));
        Assert.That(again, Is.EqualTo(options));
    }

    [Test]
    public void Options_of_other_tasks_are_written_as_before()
    {
        JsonObject json = new FineTuneOptions
        {
            Model = "m",
            Output = "o",
            Data = new() { Train = "t" },
        }.ToJson();

        Assert.That(json["data"]!.AsObject().Select(field => field.Key),
            Has.None.Contains("mask").And.None.Contains("documents"));
    }

    [Test]
    public void A_model_starts_from_a_configuration_and_a_tokenizer_learns_and_can_be_fine_tuned()
    {
        string output = _folder.File("out");
        CliRun run = CliRun.Of(
            "pretrain", "--config", _folder.File("model/config.json"), "--tokenizer", _folder.File("model"),
            "--train", _folder.File("corpus.txt"), "--eval-fraction", "0.2", "--out", output, "--epochs", "2",
            "--max-length", "16", "--threads", "1").Succeeded();

        Assert.That(run.Out, Does.Contain("perplexity").And.Contain("9 tokens"));
        Assert.That(run.Out, Does.Contain($"orttrainer finetune --model"));
        Assert.That(File.ReadAllText(Path.Combine(output, "config.json")), Does.Contain("BertForMaskedLM"));
        Assert.That(Directory.Exists(output + "-start"), Is.True);
        CliRun again = CliRun.Of("pretrain", "--resume", output, "--quiet");
        Assert.That(again.ExitCode, Is.EqualTo(0), again.Error);

        CliRun prediction = CliRun.WithInput(
            "one [MASK] three\n", "predict", "--model", output, "--input", "-");
        Assert.That(prediction.ExitCode, Is.EqualTo(0), prediction.Error);
        JsonNode token = JsonNode.Parse(prediction.Out)!["tokens"]!.AsArray().Single()!;
        Assert.That((double)token["score"]!, Is.InRange(0.1, 1));
    }

    [Test]
    public void What_is_missing_is_said()
    {
        Refused("--train is missing: give the texts to learn from as --train PATH.", "--model", "m");
        Refused("the model is missing: give --model DIR to go on with one, or --config F.json and --tokenizer DIR to "
            + "start one at random.", "--train", "t", "--config", "c");
        Refused("--model goes on with a model, --config with --tokenizer starts one; leave either out.",
            "--train", "t", "--model", "m", "--tokenizer", "k");
        Refused("--mask-share is 1.5; expected from 0 to below 1.",
            "--train", "t", "--model", "m", "--mask-share", "1.5");
    }

    [Test]
    public void A_corpus_that_is_no_text_is_named_with_its_place()
    {
        string junk = _folder.Write("junk.bin", [0x41, 0x42, 0x00, 0xFF]);

        CliRun run = CliRun.Of(
            "pretrain", "--model", _folder.File("model"), "--train", junk, "--out", _folder.File("out"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"error: {junk}: there is a zero byte at offset 2, so it is no text"));
        Assert.That(Directory.Exists(_folder.File("out")), Is.False);
    }

    private static void Refused(string message, params string[] words) =>
        Assert.That(CliRun.Of(["pretrain", .. words]), Is.EqualTo(new CliRun(2, "", $"error: {message}\n")));

    private FineTuneOptions Settings(string words) => PretrainSettings.Of(ArgumentReader.Read<PretrainArguments>(
        [
            "--model", _folder.File("model"), "--train", _folder.File("corpus.txt"), "--out", _folder.File("out"),
            .. words.Split(' '),
        ]));
}
