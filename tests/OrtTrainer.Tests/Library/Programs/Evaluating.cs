using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace Examples;

/// <summary>
/// Scores a classifier on a file of lines "label, tab, text" below a line of names, and prints its confusion matrix.
/// Arguments: FOLDER FILE.
/// </summary>
public static class Evaluating
{
    public static void Main(string[] args)
    {
        string[][] rows = [.. File.ReadLines(args[1]).Skip(1).Select(line => line.Split('\t'))];
        using Predictor predictor = Predictor.Open(args[0]);
        IReadOnlyList<TextPrediction> predictions = predictor.Predict(rows.Select(row => row[1]).ToArray());

        (string True, string Predicted)[] pairs = [.. rows.Zip(predictions, (row, answer) => (row[0], answer.Label!))];
        double accuracy = pairs.Average(pair => pair.True == pair.Predicted ? 1.0 : 0.0);
        Console.WriteLine($"accuracy {accuracy:0.0000} on {pairs.Length} texts");

        // A row for each true label, with a column for each predicted one.
        foreach (string label in predictor.Labels)
        {
            int[] counts = [.. predictor.Labels.Select(other => pairs.Count(pair => pair == (label, other)))];
            Console.WriteLine($"{label,-12} {string.Join(' ', counts.Select(count => $"{count,4}"))}");
        }
    }
}
