using Spectre.Console.Rendering;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Breaks lines between words, so that none is wider than a terminal.</summary>
internal static class WrappedLine
{
    private const int WidestName = 16;

    /// <summary>
    /// The parts of a line. Those after the first are indented: below the value where the line is a name, spaces and a
    /// value, by two columns elsewhere. A word wider than the terminal, such as a path, stays whole, to be copied; so
    /// does a line that begins with a space, which is a command or is laid out already.
    /// </summary>
    /// <param name="line">One line of text.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Of(string line, int width)
    {
        if (Cells(line) <= width || line.StartsWith(' '))
        {
            yield return line;
            yield break;
        }

        int indent = IndentOf(line);
        string part = line[..indent].TrimEnd();
        string gap = indent > 0 ? line[part.Length..indent] : "";
        indent = indent > 0 && indent < width / 2 ? indent : 2;
        foreach (string word in line[(part.Length + gap.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Length > 0 && !string.IsNullOrWhiteSpace(part) && Cells(part) + Cells(gap + word) > width)
            {
                yield return part;
                (part, gap) = (new string(' ', indent), "");
            }

            (part, gap) = (part + gap + word, " ");
        }

        yield return part;
    }

    /// <summary>Columns that a text takes: two for a wide character.</summary>
    public static int Cells(string text) => new Segment(text).CellCount();

    private static int IndentOf(string line)
    {
        int name = line.IndexOf("  ", StringComparison.Ordinal);
        if (name is < 0 or > WidestName)
        {
            return 0;
        }

        int value = name;
        while (value < line.Length && line[value] == ' ')
        {
            value++;
        }

        return value;
    }
}
