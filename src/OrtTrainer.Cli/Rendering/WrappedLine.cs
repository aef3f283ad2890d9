using Spectre.Console.Rendering;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Breaks lines between words, so that none is wider than a terminal.</summary>
internal static class WrappedLine
{
    private const int WidestName = 16;

    /// <summary>
    /// The parts of a line. Those after the first are indented: below the value where the line is a name, spaces and a
    /// value, by two columns more than the line elsewhere. A word wider than the terminal, such as a path, stays whole,
    /// to be copied, and so does a command.
    /// </summary>
    /// <param name="line">One line of text.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Of(string line, int width)
    {
        if (line.TrimStart().StartsWith($"{CliApp.Name} ", StringComparison.Ordinal))
        {
            yield return line;
            yield break;
        }

        string rest = line, indent = new(' ', IndentOf(line, width));
        while (Cells(rest) > width && BreakOf(rest, width) is { } at)
        {
            yield return rest[..at].TrimEnd();
            rest = indent + rest[at..].TrimStart();
        }

        yield return rest;
    }

    /// <summary>Columns that a text takes: two for a wide character.</summary>
    public static int Cells(string text) => new Segment(text).CellCount();

    /// <summary>
    /// The space to break at: the last one that leaves a part that fits, or the first one after a word that does not;
    /// null where there is none.
    /// </summary>
    private static int? BreakOf(string text, int width)
    {
        int? found = null;
        int start = text.Length - text.TrimStart().Length;
        for (int at = text.IndexOf(' ', start); at >= 0; at = text.IndexOf(' ', at + 1))
        {
            if (Cells(text[..at]) > width)
            {
                return found ?? at;
            }

            found = at;
        }

        return found;
    }

    private static int IndentOf(string line, int width)
    {
        int start = line.Length - line.TrimStart().Length;
        int name = line.IndexOf("  ", start, StringComparison.Ordinal);
        int value = name < 0 || name - start > WidestName ? 0 : name + 2;
        while (value > 0 && value < line.Length && line[value] == ' ')
        {
            value++;
        }

        return value > 0 && value < width / 2 ? value : Math.Min(start + 2, width / 2);
    }
}
