using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Tasks;

/// <summary>What tasks with labels have in common when they read them.</summary>
internal static class LabelFields
{
    private const int MaximumListed = 50;

    // So many rows without two alike have no classes.
    private const int ManyRows = 50;

    /// <summary>The label field of a row.</summary>
    /// <exception cref="DataFileException">The row has none.</exception>
    public static string Present(Example example, string source) => example.Label
        ?? throw new DataFileException(source, example.Line, "the row has no label: name the column that holds it.");

    /// <summary>The id of a label that a row has.</summary>
    /// <exception cref="DataFileException">The label is unknown.</exception>
    public static int Known(LabelMap labels, string name, string source, int line)
    {
        int id = labels.IdOf(name);
        if (id >= 0)
        {
            return id;
        }

        string meant = NearestName.Of(name, labels.Names) is { } near ? $" Did you mean '{near}'?" : string.Empty;
        string more = labels.Count > MaximumListed ? $" and {labels.Count - MaximumListed} more" : string.Empty;
        throw new DataFileException(
            source,
            line,
            $"the label '{name}' is not known from the training data or the model.{meant} "
            + $"Known labels: {string.Join(", ", labels.Names.Take(MaximumListed))}{more}.");
    }

    /// <summary>The labels found in training rows, if they are enough to learn something.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="rows">How many rows there are; of none, nothing is asked.</param>
    /// <param name="found">The labels of all rows.</param>
    /// <param name="needed">How many different ones there must be, 1 or 2.</param>
    /// <param name="column">Where they stand.</param>
    /// <exception cref="DataFileException">There are fewer.</exception>
    public static LabelMap Enough(string source, int rows, IEnumerable<string> found, int needed, string? column)
    {
        HashSet<string> labels = [.. found];
        if (rows > 0 && labels.Count < needed)
        {
            throw new DataFileException(
                source,
                null,
                labels.Count == 0
                    ? $"no row has a label in column '{column}'; there is nothing to learn."
                    : $"all {rows} rows have the label '{labels.Single()}' in column '{column}'; "
                    + "expected at least two different ones. Is it the right column?");
        }

        if (needed > 1 && rows >= ManyRows && labels.Count == rows)
        {
            throw new DataFileException(
                source,
                null,
                $"each of the {rows} rows has a label of its own in column '{column}', such as '{labels.First()}'; "
                + "expected labels that rows share. Is it the right column? Numbers are learned by --task regression.");
        }

        return LabelMap.OfData(labels);
    }

    /// <summary>The one label of a field: itself, or the text or number in a JSON array of one, as annotation tools
    /// write it. What begins like JSON but is none is a name like any other.</summary>
    /// <exception cref="DataFileException">It is a JSON object, or an array of none, of several or of others than
    /// texts and numbers.</exception>
    public static string OnlyItem(string field, string source, int line)
    {
        if (field is not ['[' or '{', ..])
        {
            return field;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(field);
            return document.RootElement is { ValueKind: JsonValueKind.Array } array
                && array.GetArrayLength() == 1
                && array[0] is { ValueKind: JsonValueKind.String or JsonValueKind.Number } item
                ? item.ToString()
                : throw new DataFileException(
                    source, line, $"the label is {field}; expected a name, or a list of one. Write the name alone, " +
                    "or take --task multilabel for several.");
        }
        catch (JsonException)
        {
            return field;
        }
    }

    /// <summary>The items of a field that is a JSON array.</summary>
    /// <exception cref="DataFileException">It begins as one but is none.</exception>
    public static string[] Items(string field, string source, int line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(field);
            return [.. document.RootElement.EnumerateArray().Select(item =>
                item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())];
        }
        catch (JsonException malformed)
        {
            throw new DataFileException(
                source, line, $"the label field '{field}' begins as a JSON array but is none: {malformed.Message}",
                malformed);
        }
    }
}
