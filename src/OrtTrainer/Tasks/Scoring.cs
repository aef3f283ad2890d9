using OrtTrainer.Data;
using OrtTrainer.Models;

namespace OrtTrainer.Prediction;

/// <summary>From logits to scores and labels.</summary>
internal static class Scoring
{
    /// <summary>The prediction that a row of logits stands for.</summary>
    /// <exception cref="ModelException">A logit is NaN.</exception>
    public static TextPrediction Read(
        TaskKind task, IReadOnlyList<string> labels, ReadOnlySpan<float> logits, float threshold)
    {
        float[] scores = logits.ToArray();
        if (Array.Exists(scores, float.IsNaN))
        {
            throw new ModelException(
                "The model gave a logit that is no number (NaN). Its weights are damaged, or training diverged: " +
                "look for NaN among them, or train again with a smaller learning rate.");
        }

        switch (task)
        {
            case TaskKind.Classification:
                Softmax(scores);
                return new([labels[Array.IndexOf(scores, scores.Max())]], scores);
            case TaskKind.MultiLabel:
                Sigmoid(scores);
                int[] chosen = [.. Enumerable.Range(0, scores.Length).Where(i => scores[i] >= threshold)
                    .OrderByDescending(i => scores[i])];
                return new([.. chosen.Select(i => labels[i])], scores);
            case TaskKind.Regression:
                return new([], scores);
            default:
                throw new ArgumentOutOfRangeException(nameof(task), task, "Unknown task.");
        }
    }

    /// <summary>
    /// exp(x - max) / sum, in double precision: large logits neither overflow nor lose the small ones.
    /// </summary>
    public static void Softmax(Span<float> values)
    {
        double max = double.NegativeInfinity;
        foreach (float value in values)
        {
            max = Math.Max(max, value);
        }

        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Exp(value - max);
        }

        foreach (ref float value in values)
        {
            value = (float)(Math.Exp(value - max) / sum);
        }
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static void Sigmoid(Span<float> values)
    {
        foreach (ref float value in values)
        {
            value = (float)(1 / (1 + Math.Exp(-value)));
        }
    }
}
