using System.Text.RegularExpressions;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Docs;

/// <summary>
/// Runs the commands of a page in order, in a folder of their own that has the repository's <c>onnx-models</c> in it,
/// and compares what they print with what the page says. The program runs in this process, which is in that folder
/// meanwhile.
/// </summary>
internal sealed class PageRunner : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Environment.CurrentDirectory;

    /// <summary>Makes the folder and goes there.</summary>
    public PageRunner()
    {
        Directory.CreateSymbolicLink(
            _folder.File("onnx-models"), Path.Combine(SharedFiles.RepositoryRoot, "onnx-models"));
        Environment.CurrentDirectory = _folder.Path;
    }

    /// <summary>Runs the blocks of commands; one of <c>text</c> after such a block says what it prints.</summary>
    public void Run(Page page)
    {
        PageBlock[] blocks = [.. page.Blocks];
        for (int i = 0; i < blocks.Length; i++)
        {
            if (blocks[i].IsRun)
            {
                string printed = string.Concat(ShellCommand.In(blocks[i].Text).Select(c => Run(c, page, blocks[i])));
                if (i + 1 < blocks.Length && blocks[i + 1].Language == "text")
                {
                    Compare(blocks[i + 1], printed, page);
                }
            }
        }
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        File.Delete(_folder.File("onnx-models"));
        _folder.Dispose();
    }

    private static string Run(ShellCommand command, Page page, PageBlock block)
    {
        (IReadOnlyList<string[]> stages, string? output) = command.Stages();
        string text = stages.Aggregate(command.Here ?? "", (input, words) => Run(words, input, page, block));
        if (output is null)
        {
            return text;
        }

        File.WriteAllText(output, text);
        return "";
    }

    private static string Run(string[] words, string input, Page page, PageBlock block)
    {
        switch (words)
        {
            case ["orttrainer", ..]:
                CliRun run = CliRun.WithInput(input, words[1..]);
                Assert.That(run.ExitCode, Is.Zero,
                    $"{page.Name}, line {block.Line}: {string.Join(' ', words)}\n{run.Error}");
                return run.Out;
            case ["echo", ..]:
                return string.Join(' ', words[1..]) + "\n";
            case ["cat"]:
                return input;
            case ["cat", string file]:
                return File.ReadAllText(file) + "\n";
            case ["rm", .. string[] files]:
                Array.ForEach(files, File.Delete);
                return "";
            case ["head", "-n", string count, string file]:
                return string.Concat(File.ReadLines(file).Take(int.Parse(count)).Select(line => line + "\n"));
            default:
                Assert.Fail($"{page.Name}, line {block.Line}: '{string.Join(' ', words)}' is no command that tests "
                    + "can run. Put a line <!-- not run: why --> before the block.");
                return "";
        }
    }

    /// <summary>Each line of the page must be printed, in order; <c>…</c> stands for anything.</summary>
    private static void Compare(PageBlock stated, string printed, Page page)
    {
        string[] lines = [.. printed.ReplaceLineEndings("\n").Split('\n').Select(Squeezed)];
        int next = 0;
        foreach (string line in stated.Text.TrimEnd('\n').Split('\n').Select(Squeezed).Where(line => line.Length > 0))
        {
            Regex pattern = new("^" + Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal)
                + (line.EndsWith('…') ? "" : "$"));
            int found = Array.FindIndex(lines, next, pattern.IsMatch);
            Assert.That(found, Is.Not.Negative,
                $"{page.Name}, after line {stated.Line}: the page states '{line}'; printed was:\n{printed}");
            next = found + 1;
        }
    }

    private static string Squeezed(string line) => Regex.Replace(line.Trim(), @"\s+", " ");
}
