using OrtTrainer.Cli;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Tests.Cli;

public sealed class HelpTests
{
    private static IEnumerable<string> Commands => Verbs.All.Select(verb => verb.Name);

    [TestCaseSource(nameof(Commands))]
    public void Help_of_a_command_lists_each_of_its_options_once(string command)
    {
        string help = CliRun.Of(command, "--help").Succeeded().Out;

        Verb verb = Verbs.All.Single(v => v.Name == command);
        Assert.That(help, Does.StartWith($"orttrainer {command}: {verb.Summary}\n"));
        foreach (CommandOption option in OptionNames.Of(verb.Arguments))
        {
            int listed = help.Split('\n').Count(line => line.TrimStart().Split(' ')[0] == $"--{option.Name}");
            Assert.That(listed, Is.EqualTo(1), option.Name);
            Assert.That(option.Help, Is.Not.Empty, option.Name);
        }
    }

    [Test]
    public void An_option_of_several_methods_tells_the_default_of_each()
    {
        string help = string.Join(' ', CliRun.Of("finetune", "--help").Lines.Select(line => line.Trim()));

        Assert.That(help, Does.Contain("--alpha X                 share of the teacher (tf-reg: 0.5; distillation, "
            + "self-distillation: 0.9); strength of the divergence between the passes (r-drop: 1)"));
        Assert.That(help, Does.Contain("weight averaging: swa, ema, lawa, swag (default: swa)"));
        Assert.That(help, Does.Contain(
            "highest learning rate (default: 5e-5, lora 1e-3, sgd 1e-2, adafactor 1e-3; swa, swag: 0.0001)"));
    }

    [TestCaseSource(nameof(Commands))]
    public void Lines_of_help_fit_a_terminal_of_100_columns(string command) =>
        Assert.That(CliRun.Of(command, "--help").Lines.Where(line => line.Length > 100), Is.Empty);

    [Test]
    public void Help_of_a_command_is_asked_for_by_a_word_too()
    {
        Assert.That(CliRun.Of("help").Succeeded(), Is.EqualTo(CliRun.Of("--help")));
        Assert.That(CliRun.Of("help", "finetune").Succeeded(), Is.EqualTo(CliRun.Of("finetune", "--help")));
        Assert.That((CliRun.Of("help", "finetun").ExitCode, CliRun.Of("help", "finetun").Error),
            Is.EqualTo((2, "error: finetun is unknown; did you mean finetune?\n")));
    }

    [Test]
    public void The_overview_has_names_and_purposes_in_columns()
    {
        int width = Commands.Max(command => command.Length);
        string[] lines = [.. CliRun.Of("--help").Lines];

        foreach (Verb verb in Verbs.All)
        {
            Assert.That(lines, Has.One.EqualTo($"  {verb.Name.PadRight(width)} {verb.Summary}"));
        }

        Assert.That(lines.Where(line => line.Length > 100), Is.Empty);
    }

    [TestCase("finetune", "--epochs", "-1", "--help")]
    [TestCase("predict", "-h")]
    [TestCase("--help")]
    [TestCase("-h")]
    public void Help_is_no_failure_whatever_else_is_written(params string[] words) =>
        Assert.That(CliRun.Of(words).Succeeded().Out, Does.StartWith("orttrainer "));

    [Test]
    public void The_overview_names_every_command()
    {
        string overview = CliRun.Of("--help").Out;

        string[] all =
        [
            "finetune", "pretrain", "tokenizer", "evaluate", "predict", "generate", "export", "import", "doctor",
            "compile", "pack", "soup", "study", "compare", "teacher", "flatness", "bench", "average", "artifacts",
            "import-checkpoint", "devices", "serve", "init", "debug-data", "lr-find", "tune", "download", "info",
            "completion",
        ];
        Assert.That(Commands, Is.EquivalentTo(all));
        Assert.That(Commands.Where(command => !overview.Contains($"\n  {command} ", StringComparison.Ordinal)),
            Is.Empty);
    }

    [Test]
    public void An_option_value_may_look_like_help_of_another_word()
    {
        FinetuneArguments arguments = ArgumentReader
            .Read<FinetuneArguments>(["--label-separator", "-", "--out", "a b", "--text=x=y"]);

        Assert.That((arguments.LabelSeparator, ((IRunArguments)arguments).Output, arguments.TextColumn),
            Is.EqualTo(("-", "a b", "x=y")));
        Assert.That(arguments.Given, Is.EqualTo(new[] { "--label-separator", "--out", "--text" }));
    }
}
