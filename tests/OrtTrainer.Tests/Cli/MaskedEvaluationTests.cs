using System.Text.Json.Nodes;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Cli;

/// <summary>Models of masked tokens, scored on plain texts by <c>evaluate</c>.</summary>
public sealed class MaskedEvaluationTests
{
    private static readonly TemporaryFolder Folder = new();

    private static string Model => Folder.File("out");

    private static string Texts => Folder.File("eval.txt");

    [OneTimeSetUp]
    public void Pretrain()
    {
        TinyBert.Write(Folder.File("model"), ["one", "two", "three", "four"]);
        Folder.Write("train.txt", string.Concat(Enumerable.Repeat("one two three four\nfour two one\n", 40)));
        Folder.Write("eval.txt", string.Concat(Enumerable.Repeat("two three four\n\none two\nfour two one\n", 30)));
        CliRun.Of(
            "pretrain", "--model", Folder.File("model"), "--train", Folder.File("train.txt"), "--eval", Texts,
            "--out", Model, "--epochs", "2", "--max-length", "16", "--threads", "1").Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => Folder.Dispose();

    [Test]
    public void The_exported_graph_scores_as_its_run_did()
    {
        RunSummary summary = RunSummary.Read(Model);

        JsonNode scores = Evaluate()["values"]!;

        Assert.That((double)scores["perplexity"]!, Is.EqualTo(summary.EvalLive["perplexity"]).Within(1e-4));
        Assert.That((double)scores["accuracy"]!, Is.EqualTo(summary.EvalLive["accuracy"]));
        Assert.That((double)scores["perplexity"]!, Is.EqualTo(Math.Exp((double)scores["loss"]!)).Within(1e-9));
    }

    [Test]
    public void Weights_without_a_graph_score_the_same()
    {
        string plain = Folder.File("plain");
        Directory.CreateDirectory(plain);
        foreach (string file in Directory.GetFiles(Model))
        {
            File.Copy(file, Path.Combine(plain, Path.GetFileName(file)), overwrite: true);
        }

        double fromGraph = (double)Evaluate()["score"]!;
        double fromWeights = (double)Evaluate("--model", plain)["score"]!;

        Assert.That(fromWeights, Is.EqualTo(fromGraph).Within(1e-5));
    }

    [Test]
    public void The_seed_and_the_share_decide_what_is_masked()
    {
        double first = (double)Evaluate("--seed", "1")["score"]!;

        Assert.That((double)Evaluate()["score"]!, Is.EqualTo(first));
        Assert.That((double)Evaluate("--seed", "2")["score"]!, Is.Not.EqualTo(first));
        Assert.That((double)Evaluate("--mask-share", "0.5")["score"]!, Is.Not.EqualTo(first));
    }

    [Test]
    public void Documents_are_cut_as_for_training()
    {
        Assert.That((int)Evaluate("--separate-documents")["examples"]!, Is.EqualTo(90));
        Assert.That((int)Evaluate("--separate-documents", "--blank-line-documents")["examples"]!, Is.EqualTo(31));
    }

    [Test]
    public void Scores_are_printed_with_their_file()
    {
        CliRun run = CliRun.Of("evaluate", "--model", Model, "--data", Texts).Succeeded();

        Assert.That(run.Lines[0], Does.EndWith($" examples of {Texts}"));
        Assert.That(run.Out, Does.Match("\n  perplexity +[0-9]").And.Match("\n  accuracy +0\\.[0-9]"));
    }

    [Test]
    public void Masking_is_refused_of_a_model_that_masks_nothing()
    {
        string data = Folder.Write("rows.tsv", "text\tlabel\none two\tLABEL_0\n");

        CliRun run = CliRun.Of(
            "evaluate", "--model", Folder.File("model"), "--data", data, "--mask-share", "0.2");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, "error: Options of masking are given, but the task is "
            + "classification, which masks nothing; leave them out.\n")));
    }

    [TestCase("--label")]
    [TestCase("--text")]
    [TestCase("--delimiter")]
    public void Columns_are_refused_of_a_model_that_reads_plain_texts(string option)
    {
        CliRun run = CliRun.Of("evaluate", "--model", Model, "--data", Texts, option, ";");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, $"error: {option} says how rows of a table are read; the "
            + "task of this model is masked_lm, which reads plain texts and knows no columns and labels. Leave "
            + $"{option} out, or give a model that was fine-tuned on labels.\n")));
    }

    [Test]
    public void An_interrupted_run_says_the_command_that_goes_on_with_it()
    {
        CliRun run = CliRun.InterruptedAt(
            "\noutput ", "pretrain", "--model", Folder.File("model"), "--train", Folder.File("train.txt"), "--eval",
            Texts, "--out", Folder.File("cut"), "--max-length", "16", "--threads", "1");

        Assert.That(run.ExitCode, Is.EqualTo(130));
        Assert.That(run.Lines[^1], Does.StartWith("  orttrainer pretrain --resume ").And.EndWith("cut"));
    }

    private static JsonNode Evaluate(params string[] words)
    {
        string[] model = words.Contains("--model") ? [] : ["--model", Model];
        return JsonNode.Parse(
            CliRun.Of(["evaluate", .. model, "--data", Texts, "--json", .. words]).Succeeded().Out)!;
    }
}
