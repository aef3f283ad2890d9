using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Options;
using OrtTrainer.Studies.Tuning;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Cli;

public sealed class EmbeddedDefaultTests
{
    [OneTimeSetUp]
    public void Register() => EmbeddedDefault.Register();

    [Test]
    public void Without_model_and_train_the_embedded_ones_are_used_and_the_command_line_wins_over_their_options()
    {
        FineTuneOptions options = FinetuneSettings
            .Of(ArgumentReader.Read<FinetuneArguments>(["--epochs", "2", "--out", "O"]));

        Assert.That(options.Model, Is.EqualTo("embedded"));
        Assert.That(options.ModelFolder, Does.EndWith(Path.Combine("onnx-models", "embedded", "encoder")));
        Assert.That(Path.GetFileName(options.Data.Test), Is.EqualTo("test.tsv"));
        Assert.That((options.Epochs, options.LearningRate), Is.EqualTo((2, 1e-3)));
        Assert.That(EmbeddedDefault.IsUsedBy(options));
    }

    [Test]
    public void By_its_name_it_comes_with_what_it_needs_and_without_its_data()
    {
        FineTuneOptions options = FinetuneSettings.Of(ArgumentReader.Read<FinetuneArguments>(
            ["--model", "embedded", "--train", "F.tsv", "--epochs", "2", "--out", "O"]));

        Assert.That((options.Model, options.ModelFolder), Is.EqualTo(("embedded", EmbeddedDefault.Model)));
        Assert.That(
            (Path.GetFileName(options.Data.Train), options.Data.Test), Is.EqualTo(("F.tsv", (string?)null)));
        Assert.That((options.Epochs, options.LearningRate, options.Dropout), Is.EqualTo((2, 1e-3, 0.1)));
    }

    [Test]
    public void A_search_begins_from_its_options_too()
    {
        using DeskTask desk = new();
        TuneFile search = TuneSettings.Of(ArgumentReader.Read<TuneArguments>(
            ["--model", "embedded", "--train", desk.Train, "--minutes", "1", "--epochs", "2", "--out", "O"])).File;

        Assert.That(
            (search.Defaults["model"]!.GetValue<string>(), search.Defaults["epochs"]!.GetValue<double>(),
                search.Defaults["dropout"]!.GetValue<double>()),
            Is.EqualTo(("embedded", 2.0, 0.1)));
    }

    [Test]
    public void Its_name_is_a_model_for_other_commands_and_stays_in_the_options_of_a_run()
    {
        using DeskTask desk = new();
        if (!Directory.Exists(Path.Combine(AppContext.BaseDirectory, "onnx-models", "embedded")))
        {
            Assert.Ignore("The embedded data are not in this checkout.");
        }

        CliRun run = CliRun.Of(
            "finetune", "--model", "embedded", "--train", desk.Train, "--eval", desk.Eval, "--max-steps", "1",
            "--threads", "1", "--out", desk.File("out"));

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(OptionsJson.Read(desk.File("out/run/options.json"))["model"]!.GetValue<string>(),
            Is.EqualTo("embedded"));
        Assert.That(CliRun.Of("info", "embedded").Succeeded().Out, Does.Contain("The files fit together."));
        Assert.That(
            CliRun.Of("info", "embeded").Error, Does.Contain("there is no such folder"));
        Assert.That(
            CliRun.Of("predict", "--model", "embeded", "--input", desk.Test).Error,
            Does.Contain("Did you mean embedded?"));
    }

    [Test]
    public void It_says_that_it_labels_nothing_as_it_is()
    {
        if (!Directory.Exists(Path.Combine(AppContext.BaseDirectory, "onnx-models", "embedded")))
        {
            Assert.Ignore("The embedded data are not in this checkout.");
        }

        CliRun run = CliRun.WithInput("where is my parcel\n", "predict", "--model", "embedded", "--input", "-");

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((0, "{\"tokens\":[]}\n")));
        Assert.That(run.Error, Does.Contain("no text has a mask"));
    }

    [Test]
    public void The_default_run_ends_with_predictions_and_the_command_for_more()
    {
        using TemporaryFolder folder = new();
        if (!Directory.Exists(Path.Combine(AppContext.BaseDirectory, "onnx-models", "embedded")))
        {
            Assert.Ignore("The embedded data are not in this checkout.");
        }

        CliRun run = CliRun.Of(
            "finetune", "--max-steps", "2", "--threads", "1", "--out", folder.File("out"))
                .Succeeded();

        Assert.That(run.Lines, Does.Contain("examples     1,023 train, 160 eval, 200 test; 6 labels"));
        Assert.That(EmbeddedDefault.Samples.Where(text => !run.Lines.Any(line =>
            System.Text.RegularExpressions.Regex.IsMatch(line,
                $@"^  (account|billing|delivery|praise|returns|technical) +0\.\d\d  {text}$"))), Is.Empty);
        Assert.That(run.Lines[^1], Does.StartWith("  orttrainer predict --model "));
    }

    [TestCase("sgd", "--momentum", "0.5")]
    [TestCase("adafactor", "--lr", "0.01")]
    public void The_default_run_can_step_with_another_optimizer(string optimizer, string option, string value)
    {
        using TemporaryFolder folder = new();
        if (!Directory.Exists(Path.Combine(AppContext.BaseDirectory, "onnx-models", "embedded")))
        {
            Assert.Ignore("The embedded data are not in this checkout.");
        }

        CliRun run = CliRun.Of("finetune", "--optimizer", optimizer, option, value, "--max-steps", "4", "--threads",
            "1", "--out", folder.File("out")).Succeeded();

        Assert.That(run.Lines.Single(line => line.StartsWith("method ", StringComparison.Ordinal)),
            Does.Contain($", {optimizer}, learning rate"));
        Assert.That(
            File.ReadAllText(folder.File("out/run/options.json")), Does.Contain($"\"optimizer\": \"{optimizer}\""));
    }

    [TestCase("--optimizer", "adam", "--optimizer is 'adam'; expected adamw, sgd or adafactor. Did you mean adamw?")]
    [TestCase("--momentum", "0.5", "--momentum is given, which the optimizer sgd alone has; the run steps with adamw.")]
    public void An_optimizer_there_is_not_or_a_setting_of_another_is_refused(
        string option, string value, string message)
    {
        using TemporaryFolder folder = new();

        CliRun run = CliRun.Of("finetune", option, value, "--max-steps", "1", "--out", folder.File("out"));

        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(Directory.Exists(folder.File("out")), Is.False);
    }
}
