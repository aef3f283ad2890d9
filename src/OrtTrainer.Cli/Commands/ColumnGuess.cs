using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Cli.Commands;

/// <summary>Which columns of a table hold texts and labels, by their names and else by their look.</summary>
/// <param name="Text">The column of the text.</param>
/// <param name="Pair">The column of a second text; null for none.</param>
/// <param name="Label">The column of the label.</param>
/// <param name="OtherLabels">Columns that look like labels as much, where the look alone decided.</param>
internal sealed record ColumnGuess(string Text, string? Pair, string Label, IReadOnlyList<string> OtherLabels)
{
    private static readonly string[] TextNames =
        ["text", "sentence", "sentence1", "question1", "premise", "content", "review", "body", "message", "question"];

    private static readonly string[] PairNames = ["sentence2", "question2", "hypothesis", "text2", "pair", "text_pair"];

    private static readonly string[] LabelNames =
    [
        "label", "labels", "class", "category", "target", "intent", "topic", "sentiment", "score", "tag", "klasse",
        "kategorie", "classe", "catégorie", "clase", "categoría", "categoria",
    ];

    /// <summary>Looks at rows.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="rows">Its rows, one or more.</param>
    /// <param name="text">The column that is given; null for none, and so on.</param>
    /// <param name="pair">The column of a second text that is given.</param>
    /// <param name="label">The column of the label that is given.</param>
    /// <exception cref="RunException">No column can be a text or a label.</exception>
    public static ColumnGuess Of(string file, IReadOnlyList<DataRow> rows, string? text, string? pair, string? label)
    {
        IReadOnlyList<string> names = rows[0].Columns.Names;
        string? namedLabel = label ?? Named(names, LabelNames);
        string[] looks = namedLabel is not null ? []
            : [.. names.Where(name => name != text && name != pair && Distinct(rows, name) is > 1 and var different
                && different * 3 <= rows.Count).OrderBy(name => Distinct(rows, name))];
        string? foundLabel = namedLabel ?? looks.FirstOrDefault();
        string? foundText = text ?? Named([.. names.Where(name => name != foundLabel)], TextNames)
            ?? names.Where(name => name != foundLabel && name != pair).OrderByDescending(
                name => rows.Average(row => (double)row[name].Length)).FirstOrDefault();
        if (foundText is null || foundLabel is null)
        {
            throw new RunException(
                $"{file}: no column looks like {(foundText is null ? "texts" : "labels")}; it has " +
                $"{string.Join(", ", names)}. Name them with --text COL and --label COL.");
        }

        return new ColumnGuess(
            foundText, pair ?? Named(names, PairNames), foundLabel,
            [.. looks.Skip(1).Where(name => name != foundText)]);
    }

    private static string? Named(IReadOnlyList<string> names, string[] known) => known
        .Select(word => names.FirstOrDefault(name => name.Equals(word, StringComparison.OrdinalIgnoreCase)))
        .FirstOrDefault(name => name is not null);

    private static int Distinct(IReadOnlyList<DataRow> rows, string name) =>
        rows.Select(row => row[name]).Distinct(StringComparer.Ordinal).Count();
}
