// Writes a page for every verb of the program from the program's own help, and their table of contents.
//
//     dotnet run tools/make-verb-pages.cs -- src/OrtTrainer.Cli/bin/Release/net10.0/OrtTrainer.Cli.dll docs
//
// The pages are DOCS/verbs/VERB.md. Each ends with links to the pages of DOCS that show the verb at work. The folder is
// made anew; nothing in it is kept.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

if (args.Length != 2)
{
    throw new ArgumentException("Give the program, as OrtTrainer.Cli.dll, and the folder of the pages, such as docs.");
}

(string program, string docs) = (args[0], args[1]);
string folder = Path.Combine(docs, "verbs");
if (Directory.Exists(folder))
{
    Directory.Delete(folder, recursive: true);
}

Directory.CreateDirectory(folder);
(string Name, string Summary)[] verbs = Help.Verbs(Help.Of(program));
Page[] pages = Page.In(docs);
StringBuilder contents = new("- name: All verbs\n  href: index.md\n");
StringBuilder index = new(
    "# Verbs\n\nEach page is made from what `orttrainer VERB --help` prints.\n\n| verb | does |\n|---|---|\n");
foreach ((string name, string summary) in verbs)
{
    File.WriteAllText(Path.Combine(folder, name + ".md"), Help.PageOf(name, Help.Of(program, name), pages));
    contents.Append($"- name: {name}\n  href: {name}.md\n");
    index.Append($"| [{name}]({name}.md) | {Markup.Cell(summary)} |\n");
}

File.WriteAllText(Path.Combine(folder, "toc.yml"), contents.ToString());
File.WriteAllText(Path.Combine(folder, "index.md"), index.ToString());
Console.WriteLine($"{verbs.Length} pages in {folder}");

/// <summary>The program's help, as it prints it.</summary>
internal static partial class Help
{
    /// <summary>What the program prints for words and <c>--help</c>.</summary>
    public static string Of(string program, params string[] words)
    {
        ProcessStartInfo start = new("dotnet", [program, .. words, "--help"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd().ReplaceLineEndings("\n");
        process.WaitForExit();
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', words)} --help ended with code {process.ExitCode}.");
    }

    /// <summary>Every verb of the overview with its summary.</summary>
    public static (string Name, string Summary)[] Verbs(string overview)
    {
        string list = overview.Split("Commands:\n")[1].Split("\n\n")[0];
        return [.. VerbLines().Matches(list).Select(line => (line.Groups["name"].Value, line.Groups["summary"].Value))];
    }

    /// <summary>A verb's page: purpose, usage, options by section, and where it is used.</summary>
    public static string PageOf(string verb, string help, IReadOnlyList<Page> pages)
    {
        string[] blocks = help.TrimEnd('\n').Split("\n\n");
        string purpose = blocks[0].Split(": ", 2)[1];
        StringBuilder text = new($"# {verb}\n\n{char.ToUpperInvariant(purpose[0])}{purpose[1..]}.\n\n");
        text.Append("```text\n").AppendJoin('\n', blocks[1].Split('\n').Select(line => line.Trim())).Append("\n```\n");
        foreach (string section in blocks.Skip(2))
        {
            string[] lines = section.Split('\n');
            text.Append($"\n## {lines[0].TrimEnd(':')}\n\n| option | does |\n|---|---|\n");
            foreach ((string option, string does) in Options(lines.Skip(1)))
            {
                text.Append($"| `{option}` | {Markup.Cell(does)} |\n");
            }
        }

        Page[] users = [.. pages.Where(page => page.Uses(verb))];
        if (users.Length > 0)
        {
            text.Append("\n## At work\n\n").AppendJoin('\n', users.Select(page => $"- [{page.Title}](../{page.File})"));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Options with their texts, the lines of each joined.</summary>
    private static IEnumerable<(string Option, string Does)> Options(IEnumerable<string> lines)
    {
        (string option, string does) = ("", "");
        foreach (string line in lines)
        {
            if (!line.StartsWith("  --", StringComparison.Ordinal))
            {
                does += " " + line.Trim();
                continue;
            }

            if (option.Length > 0)
            {
                yield return (option, does);
            }

            (option, does) = Parts(line);
        }

        yield return (option, does);
    }

    /// <summary>An option with its value, and its text, which begins in one column but after long names.</summary>
    private static (string Option, string Does) Parts(string line)
    {
        const int column = 28;
        if (line.Length > column && line[column - 1] == ' ')
        {
            return (line[..column].Trim(), line[column..]);
        }

        Match match = LongOption().Match(line);
        return match.Success
            ? (match.Groups["option"].Value, match.Groups["does"].Value)
            : throw new InvalidOperationException($"This line of help cannot be read: {line}");
    }

    [GeneratedRegex(@"^  (?<name>\S+) +(?<summary>.+)$", RegexOptions.Multiline)]
    private static partial Regex VerbLines();

    [GeneratedRegex(@"^  (?<option>--\S+(?: [A-Z0-9]\S*)?) (?<does>.+)$")]
    private static partial Regex LongOption();
}

/// <summary>A page of the documentation.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Title">Its first heading.</param>
/// <param name="Text">All of it.</param>
internal sealed record Page(string File, string Title, string Text)
{
    public static Page[] In(string docs) =>
    [
        .. Directory.GetFiles(docs, "*.md").Order(StringComparer.Ordinal)
            .Select(file => (Name: Path.GetFileName(file), Text: System.IO.File.ReadAllText(file)))
            .Select(page => new Page(page.Name, page.Text.Split('\n')[0].TrimStart('#', ' ').Trim(), page.Text)),
    ];

    /// <summary>Whether a line of it calls a verb.</summary>
    public bool Uses(string verb) =>
        Regex.IsMatch(Text, $@"^(.*\| )?orttrainer {Regex.Escape(verb)}\s", RegexOptions.Multiline);
}

/// <summary>Plain text in a page.</summary>
internal static class Markup
{
    /// <summary>Text in a cell of a table, all of it as it is.</summary>
    public static string Cell(string text) =>
        Regex.Replace(text, @"[\\|*_\[\]`$~#^{}<>&]", match => "\\" + match.Value);
}
