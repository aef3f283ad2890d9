using System.Text;

namespace OrtTrainer.Reports.Documents;

/// <summary>
/// A report as Markdown for logs and terminals: tables are padded, so that they read well as they are too.
/// </summary>
internal static class MarkdownPage
{
    private const string OnlyDrawn = "The page in HTML draws this.\n";

    public static string Write(ReportDocument document)
    {
        StringBuilder text = new();
        text.Append("# ").Append(Escaped(document.Title)).Append('\n');
        string before = "";
        foreach (ReportBlock block in document.Blocks)
        {
            string written = Block(block);
            if (written.Length > 0 && (written != OnlyDrawn || before != OnlyDrawn))
            {
                text.Append('\n').Append(written);
            }

            before = written;
        }

        return text.ToString();
    }

    private static string Block(ReportBlock block) => block switch
    {
        HeadingBlock heading => $"{new string('#', heading.Level)} {Escaped(heading.Text)}\n",
        ParagraphBlock paragraph => $"{Escaped(paragraph.Text)}\n",
        ListBlock list => string.Concat(list.Items.Select(item => $"- {Escaped(item)}\n")),
        CodeBlock code => $"```\n{code.Text}\n```\n",
        TableBlock table => Table(table.Table),
        FigureBlock { Table: { } numbers, TableStandsAlone: true } => Table(numbers),
        FigureBlock => OnlyDrawn,
        _ => throw new ArgumentException($"{block.GetType().Name} has no form in Markdown.", nameof(block)),
    };

    private static string Table(ReportTable table)
    {
        string[][] cells = [.. table.Rows.Prepend(table.Header).Select(row => row.Select(Escaped).ToArray())];
        int[] widths = [.. table.Header.Select((_, column) => Math.Max(3, cells.Max(row => row[column].Length)))];
        StringBuilder text = new();
        text.Append(Escaped(table.Caption)).Append("\n\n");
        text.Append(Line(cells[0]));
        string[] rules = [.. widths.Select(Rule)];
        text.Append($"| {string.Join(" | ", rules)} |\n");
        foreach (string[] row in cells[1..])
        {
            text.Append(Line(row));
        }

        return text.ToString();

        string Rule(int width, int column) =>
            table.IsText(column) ? new string('-', width) : $"{new string('-', width - 1)}:";

        string Line(string[] row) => $"| {string.Join(" | ", row.Select(Padded))} |\n";

        string Padded(string cell, int column) =>
            table.IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]);
    }

    // Underscores stay: within the names of metrics and settings they mean themselves.
    private static string Escaped(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in text.ReplaceLineEndings(" "))
        {
            _ = c switch
            {
                '\\' or '`' or '*' or '|' or '[' => escaped.Append('\\').Append(c),
                '<' => escaped.Append("&lt;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
