using System.Globalization;

namespace OrtTrainer.Data;

/// <summary>How much examples count, by two columns of a table.</summary>
/// <param name="Sample">The column by which examples are drawn; null where each comes once in an epoch.</param>
/// <param name="Loss">The column by which losses of examples are multiplied; null for alike.</param>
internal sealed record ExampleWeights(string? Sample, string? Loss)
{
    /// <summary>The example with the weights of its row, as far as it has them.</summary>
    /// <exception cref="DataFileException">A weight is no number of 0 or more.</exception>
    public Example Of(DataRow row, Example example) => example with
    {
        SampleWeight = In(row, Sample), LossWeight = In(row, Loss),
    };

    /// <summary>Refuses examples to train on that lack a weight, or whose weights are all 0.</summary>
    /// <exception cref="DataFileException">There are such examples.</exception>
    public void Require(string source, IReadOnlyList<Example> examples)
    {
        Require(source, examples, Sample, example => example.SampleWeight);
        Require(source, examples, Loss, example => example.LossWeight);
    }

    private static void Require(
        string source, IReadOnlyList<Example> examples, string? column, Func<Example, double?> weight)
    {
        if (column is null || examples.Count == 0)
        {
            return;
        }

        if (examples.FirstOrDefault(example => weight(example) is null) is { } without)
        {
            throw new DataFileException(
                without.SourceFile ?? source, without.Line, $"the row has no weight: there is no column '{column}'. "
                + "Add it, or name the column of the weights.");
        }

        if (examples.All(example => weight(example) == 0))
        {
            throw new DataFileException(
                source, null, $"all weights in '{column}' are 0; expected at least one above 0.");
        }
    }

    private static double? In(DataRow row, string? column)
    {
        if (column is null || row.Columns.IndexOf(column) < 0)
        {
            return null;
        }

        string field = row[column];
        string plain = row.Columns.DecimalComma ? field.Replace(',', '.') : field;
        return double.TryParse(plain, CultureInfo.InvariantCulture, out double weight)
            && weight >= 0 && double.IsFinite(weight)
                ? weight
                : throw new DataFileException(
                    row.File, row.Line, $"the weight in '{column}' is '{field}'; expected a number of 0 or more.");
    }
}
