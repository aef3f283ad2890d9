using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace Examples;

/// <summary>
/// Scores a classifier on a file with columns "label" and "text", then on its lines "label, tab, text" by hand for the
/// confusion matrix. Arguments: FOLDER FILE.
/// </summary>
public static class Evaluating
{
    public static void Main(string[] args)
    {
        using Predictor predictor = Predictor.Open(args[0]);
        foreach ((string metric, double score) in predictor.Evaluate(new DataOptions { Train = args[1] }))
        {
            Console.WriteLine($"{metric}: {score:0.0000}");
        }

        string[][] rows = [.. File.ReadLines(args[1]).Skip(1).Select(line => line.Split('\t'))];
        IReadOnlyList<TextPrediction> predictions = predictor.Predict(rows.Select(row => row[1]).ToArray());
        (string True, string Predicted)[] pairs = [.. rows.Zip(predictions, (row, answer) => (row[0], answer.Label!))];

        // A row for each true label, with a column for each predicted one.
        foreach (string label in predictor.Labels)
        {
            int[] counts = [.. predictor.Labels.Select(other => pairs.Count(pair => pair == (label, other)))];
            Console.WriteLine($"{label,-12} {string.Join(' ', counts.Select(count => $"{count,4}"))}");
        }
    }
}
