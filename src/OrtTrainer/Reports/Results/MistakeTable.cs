using System.Globalization;
using OrtTrainer.Data;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Reports.Results;

/// <summary>Examples that a model gets wrong, with their texts.</summary>
internal static class MistakeTable
{
    /// <summary>The most rows.</summary>
    public const int Most = 20;

    // Of a longer text, its start.
    private const int LongestText = 400;

    /// <summary>A table of examples, a row each.</summary>
    /// <param name="caption">What they have in common, and their order.</param>
    /// <param name="data">The examples.</param>
    /// <param name="columns">The columns beside the place and the text of each, and whether they hold words.</param>
    /// <param name="rows">Places of examples in the data, with a cell per column; those after the first
    /// <see cref="Most"/> are left out.</param>
    public static IEnumerable<ReportBlock> Of(
        string caption, Dataset data, IReadOnlyList<(string Name, bool IsText)> columns,
        IEnumerable<(int Example, string[] Cells)> rows)
    {
        IReadOnlyList<string>[] found =
        [
            .. rows.Take(Most).Select(row => (string[])
                [Place(data, row.Example), Text(data.Examples[row.Example]), .. row.Cells]),
        ];
        if (found.Length == 0)
        {
            yield return new ParagraphBlock($"{caption}: there are none.");
            yield break;
        }

        yield return new TableBlock(new ReportTable(
            caption, ["line", "text", .. columns.Select(column => column.Name)], found)
        {
            TextColumns = [1, .. columns.Index().Where(c => c.Item.IsText).Select(c => c.Index + 2)],
        });
    }

    /// <summary>A text, or its start.</summary>
    public static string Short(string text, int longest = LongestText)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return $"{text[..end]}…";
    }

    private static string Place(Dataset data, int example) => data.Examples[example].Line is > 0 and int line
        ? line.ToString(CultureInfo.InvariantCulture)
        : (data.SourceRows[example] + 1).ToString(CultureInfo.InvariantCulture);

    private static string Text(Example example) => example.Pair is { } pair
        ? $"{Short(example.Text)} ⟷ {Short(pair)}"
        : Short(example.Text);
}
