using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Cli.Commands;

/// <summary>Reads what <c>predict</c> wrote for the rows of a file: a JSON object a line, a score per
/// label.</summary>
internal static class PredictedScores
{
    /// <param name="file">The file.</param>
    /// <param name="data">The rows, N of them.</param>
    /// <param name="leftOut">Which rows of the data's file are not among them, from 0.</param>
    /// <returns>[N, K], in the order of the data's labels.</returns>
    /// <exception cref="RunException">The file does not fit the data.</exception>
    public static double[] Read(string file, Dataset data, IReadOnlySet<int> leftOut)
    {
        string[] lines;
        try
        {
            lines = [.. File.ReadLines(file).Where(line => line.Length > 0)];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{file}: the predictions cannot be read: {cause.Message}", cause);
        }

        if (lines.Length != data.Count + leftOut.Count)
        {
            throw new RunException(
                $"{file}: there are {lines.Length} predictions for {data.Count + leftOut.Count} rows of " +
                $"{data.Source}; expected as " +
                "many, in their order.");
        }

        return
        [
            .. lines.Index().Where(line => !leftOut.Contains(line.Index))
                .SelectMany(line => Row(line.Item, data.Labels!, $"{file}, line {line.Index + 1}")),
        ];
    }

    private static double[] Row(string line, LabelMap labels, string place)
    {
        try
        {
            using JsonDocument prediction = JsonDocument.Parse(line);
            JsonElement scores = prediction.RootElement.GetProperty("scores");
            return [.. labels.Names.Select(label => scores.GetProperty(label).GetDouble())];
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new RunException(
                $"{place}: expected {{\"scores\": {{\"{labels.Names[0]}\": …}}}} with every label of the data: " +
                cause.Message, cause);
        }
    }
}
