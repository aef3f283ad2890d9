using System.Text;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Parsing;

/// <summary>Help, from the same descriptions that parse.</summary>
internal static class HelpText
{
    private const int OptionColumn = 27;
    private const int Width = 100;

    /// <summary>A program in a few lines.</summary>
    public static string Overview(CommandProgram program)
    {
        StringBuilder text = new();
        text.AppendLine($"{program.Name} {CommandProgram.Version}: {program.Purpose}");
        text.AppendLine().AppendLine("Commands:");
        int widest = program.Verbs.Max(verb => verb.Name.Length);
        foreach (Verb verb in program.Verbs)
        {
            text.AppendLine($"  {verb.Name.PadRight(widest)} {verb.Summary}");
        }

        text.AppendLine().Append($"{program.Name} COMMAND --help lists the options of a command; ")
            .AppendLine($"{program.Name} --version tells the version.");
        return text.ToString();
    }

    /// <summary>A command and all of its options.</summary>
    public static string Of(CommandProgram program, Verb verb)
    {
        StringBuilder text = new();
        text.AppendLine($"{program.Name} {verb.Name}: {verb.Summary}").AppendLine();
        foreach (string usage in verb.Usage)
        {
            text.AppendLine($"  {program.Name} {usage}");
        }

        string section = "";
        foreach (CommandOption option in OptionNames.Of(verb.Arguments))
        {
            if (option.Section != section)
            {
                section = option.Section;
                text.AppendLine().AppendLine($"{section}:");
            }

            string name = $"--{option.Name}{(option.Value is { } value ? " " + value : "")}";
            string column = $"  {name.PadRight(OptionColumn - 2)} ";
            foreach (string line in Wrapped(Filled(option.Help), Width - column.Length))
            {
                text.AppendLine(column + line);
                column = new string(' ', column.Length);
            }
        }

        return text.ToString();
    }

    /// <summary>A help text with the names of all tasks where it wants them.</summary>
    private static string Filled(string help)
    {
        string[] tasks = [.. ModelTask.All.Select(task => task.Name)];
        return help.Replace(
            "{tasks}", $"{string.Join(", ", tasks[..^1])} or {tasks[^1]}", StringComparison.Ordinal);
    }

    /// <summary>Cuts text between words into lines of at most so many characters.</summary>
    private static IEnumerable<string> Wrapped(string text, int width)
    {
        StringBuilder line = new();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }
}
