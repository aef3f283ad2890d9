using System.Diagnostics;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Completion;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Cli;

/// <summary>Completion as the shells themselves do it with the printed scripts.</summary>
public sealed class CompletionTests
{
    private string _folder = null!;

    [SetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("orttrainer-completion").FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "models"));
        Directory.CreateDirectory(Path.Combine(_folder, "my models"));
        File.WriteAllText(Path.Combine(_folder, "texts.tsv"), "");
    }

    [TearDown]
    public void End() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Bash_completes_all_commands() =>
        Assert.That(InBash(""), Is.EquivalentTo(Verbs.All.Select(verb => verb.Name).Concat(["--help", "--version"])));

    [TestCase("fin", new[] { "finetune" })]
    [TestCase("finetune --epo", new[] { "--epochs" })]
    [TestCase("finetune --precision f", new[] { "fp32", "fp16" })]
    [TestCase("export --quantize i", new[] { "int8" })]
    [TestCase("finetune --method sw", new[] { "swa", "swag" })]
    [TestCase("evaluate --device c", new[] { "cpu", "cuda" })]
    [TestCase("completion ", new[] { "bash", "zsh", "fish", "powershell" })]
    [TestCase("predict --model m", new[] { "models", "my models" })]
    [TestCase("predict --input t", new[] { "texts.tsv" })]
    [TestCase("finetune --epochs ", new string[0])]
    [TestCase("unknown --x", new string[0])]
    public void Bash_completes_what_is_begun(string line, string[] expected) =>
        Assert.That(
            InBash(line),
            expected.Length == 0 ? Is.Empty : Is.SupersetOf(expected).And.All.StartsWith(line.Split(' ')[^1]));

    [Test]
    public void Bash_completes_every_task() =>
        Assert.That(InBash("finetune --task "), Is.EquivalentTo(ModelTask.All.Select(task => task.Name)));

    [Test]
    public void Bash_completes_every_option_of_every_command()
    {
        foreach (Verb verb in Verbs.All)
        {
            Assert.That(
                InBash($"{verb.Name} --"), Is.EquivalentTo(CompletedOption.Of(verb).Select(option => option.Name)),
                verb.Name);
        }
    }

    [TestCase("bash", "bash", "-n")]
    [TestCase("zsh", "zsh", "-n")]
    [TestCase("fish", "fish", "--no-execute")]
    public void A_shell_takes_the_script(string shell, string program, string check)
    {
        string script = Path.Combine(_folder, "script");
        File.WriteAllText(script, CliRun.Of("completion", shell).Succeeded().Out);

        Assert.That(Run(program, check, script), Is.Empty);
    }

    [Test]
    public void PowerShell_takes_the_script_and_completes()
    {
        string script = Path.Combine(_folder, "script.ps1");
        File.WriteAllText(
            script, CliRun.Of("completion", "powershell").Succeeded().Out
            + "(TabExpansion2 'orttrainer finetune --epo' 25).CompletionMatches.CompletionText\n");

        Assert.That(Run("pwsh", "-NoProfile", "-File", script).Trim(), Is.EqualTo("--epochs"));
    }

    [Test]
    public void Scripts_name_every_command_and_option()
    {
        foreach (Shell shell in Shell.All)
        {
            string script = CliRun.Of("completion", shell.Name).Succeeded().Out;
            foreach (Verb verb in Verbs.All)
            {
                string[] missing =
                [
                    .. CompletedOption.Of(verb)
                        .Select(option => shell.Name == "fish" ? $"-l {option.Name[2..]} " : option.Name)
                        .Where(name => !script.Contains(name, StringComparison.Ordinal)),
                ];
                Assert.That(missing, Is.Empty, $"{shell.Name} {verb.Name}");
            }
        }
    }

    [TestCase("completion", "the shell is missing; expected bash, zsh, fish or powershell")]
    [TestCase("completion tcsh", "the shell is tcsh; expected bash, zsh, fish or powershell")]
    public void An_unknown_shell_is_bad_usage(string line, string message)
    {
        CliRun run = CliRun.Of(line.Split(' '));

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.Contain(message));
    }

    /// <summary>What bash offers behind a line.</summary>
    private string[] InBash(string line)
    {
        string script = Path.Combine(_folder, ".script");
        File.WriteAllText(script, CliRun.Of("completion", "bash").Succeeded().Out);
        string words = string.Join(' ', line.Split(' ').Select(word => $"'{word}'"));
        string answer = Run(
            "bash", "--norc", "-c", $"source .script; COMP_WORDS=(orttrainer {words}); "
            + "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _orttrainer; printf '%s\\n' \"${COMPREPLY[@]}\"");
        return answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What a program says on both outputs; skips the test where it is not installed.</summary>
    private string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output + error.Result;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore($"{program} is not installed.");
            throw;
        }
    }
}
