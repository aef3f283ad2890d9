using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace Examples;

/// <summary>Asks a fine-tuned model about one text, several texts and a stream of them. Argument: FOLDER.</summary>
public static class Predicting
{
    public static async Task Main(string[] args)
    {
        using Predictor predictor = Predictor.Open(args[0]);

        TextPrediction one = predictor.Predict("You charged my card twice for the same order");
        Console.WriteLine($"one: {one.Label} {one.Scores.Max():0.000}");

        // Several at once run in batches of texts of like length.
        string[] texts = ["Where is my parcel?", "I can't log in since Monday", "Best headphones I ever had"];
        foreach ((string text, TextPrediction prediction) in texts.Zip(predictor.Predict(texts)))
        {
            Console.WriteLine($"batch: {prediction.Label} <- {text}");
        }

        // A stream is answered as it comes, and no more than a window of it is in memory.
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(10));
        await foreach (TextPrediction prediction in predictor.PredictAsync(Messages(), patience.Token))
        {
            string[] scores = [.. predictor.Labels.Zip(prediction.Scores, (label, score) => $"{label} {score:0.00}")];
            Console.WriteLine($"stream: {string.Join(", ", scores)}");
        }
    }

    private static async IAsyncEnumerable<string> Messages()
    {
        yield return "The zip broke after a week";
        await Task.Delay(10); // Wherever they come from.
        yield return "How do I change my address?";
    }
}
