using System.Globalization;
using System.Text.Json;
using OrtTrainer.Data;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>Reads pairs with or without a score, triplets, and texts alone, a row each.</summary>
internal static class SimilarityRows
{
    /// <summary>The column of the first text where none is named; where it is absent, other usual names are looked
    /// for.</summary>
    public const string First = "sentence1";

    /// <summary>The column of the second text where none is named, in the same way.</summary>
    public const string Second = "sentence2";

    /// <summary>The column of the score where none is named; without it, pairs have no score.</summary>
    public const string Score = "score";

    // Names in the order of Hugging Face's data sets for sentence embeddings: the first text beside the second.
    private static readonly (string First, string Second)[] Usual =
        [(First, Second), ("anchor", "positive"), ("query", "answer"), ("text", "pair")];

    /// <param name="row">The row.</param>
    /// <param name="columns">Where the texts stand; with a label, the row is to learn from or to be scored on.</param>
    /// <exception cref="DataFileException">A column is absent, a text empty or a score no number.</exception>
    public static SimilarityExample Read(DataRow row, ExampleColumns columns)
    {
        (string first, string? second) = TextColumns(row, columns);
        string text = row.Text(first);
        if (columns.Label is not { } label)
        {
            return new(text, second is null ? null : row.Text(second), [], null, row.Line);
        }

        return second is null
            ? throw new DataFileException(row.File, row.Line,
                $"there is no second text beside '{first}'. Columns present: {string.Join(", ", row.Columns.Names)}. "
                + $"Call one of them '{SecondBeside(first)}', or name it as the pair.")
            : new SimilarityExample(
                NotEmpty(row, first, text), NotEmpty(row, second, row.Text(second)), [.. Negatives(row)],
                ScoreOf(row, label), row.Line);
    }

    private static string SecondBeside(string first) =>
        Usual.Where(names => names.First == first).Select(names => names.Second).FirstOrDefault() ?? Second;

    private static (string First, string? Second) TextColumns(DataRow row, ExampleColumns columns)
    {
        (string First, string Second)? usual = Usual.Where(names => Has(row, names.First))
            .Select(names => ((string First, string Second)?)names).FirstOrDefault();
        string first = columns.Text == First ? usual?.First ?? First : columns.Text;
        string? second = columns.Pair is null or Second
            ? Usual.Select(names => names.Second).FirstOrDefault(name => Has(row, name))
            : columns.Pair;
        return (first, second);
    }

    // A list in negatives or negative, or columns negative, negative_1, negative_2, and so on.
    private static IEnumerable<string> Negatives(DataRow row)
    {
        foreach (string name in row.Columns.Names.Where(IsNegative))
        {
            if (row.KindOf(name) != FieldKind.List)
            {
                yield return NotEmpty(row, name, row.Text(name));
                continue;
            }

            using JsonDocument list = JsonDocument.Parse(row[name]);
            foreach (JsonElement item in list.RootElement.EnumerateArray())
            {
                yield return item.ValueKind == JsonValueKind.String
                    ? NotEmpty(row, name, item.GetString()!)
                    : throw new DataFileException(
                        row.File, row.Line, $"'{name}' has {item.GetRawText()} in its list; expected texts.");
            }
        }
    }

    private static bool IsNegative(string column) => column is "negative" or "negatives"
        || (column.StartsWith("negative_", StringComparison.Ordinal)
            && int.TryParse(column.AsSpan("negative_".Length), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static float? ScoreOf(DataRow row, string column)
    {
        if (column == Score && !Has(row, column))
        {
            return null;
        }

        string field = row[column];
        string plain = row.Columns.DecimalComma ? field.Replace(',', '.') : field;
        return float.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out float score)
            && float.IsFinite(score)
            ? score
            : throw new DataFileException(row.File, row.Line, $"'{column}' is '{field}'; expected how alike both texts "
                + "are as a finite number, such as 3.8.");
    }

    private static string NotEmpty(DataRow row, string column, string text) => !string.IsNullOrWhiteSpace(text)
        ? text
        : throw new DataFileException(
            row.File, row.Line, $"'{column}' is empty; expected a text. Take the row out, or write the text.");

    private static bool Has(DataRow row, string column) => row.Columns.IndexOf(column) >= 0;
}
