using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.Classification;

/// <summary>What always answering the most frequent label scores, which a model of use exceeds.</summary>
internal static class MostFrequentLabel
{
    /// <summary>That a model's accuracy does not exceed the share of the most frequent label, with both numbers and
    /// what to try; null where it does, or where all is right.</summary>
    /// <param name="examples">The model's outputs beside the labels.</param>
    /// <param name="labels">The names of the labels.</param>
    /// <param name="areImages">Whether the examples are images, which no command looks through.</param>
    public static string? FindFailure(ClassifiedExamples examples, IReadOnlyList<string> labels, bool areImages)
    {
        int[] counts = new int[examples.Classes];
        foreach (int label in examples.Labels)
        {
            counts[label]++;
        }

        int most = Array.IndexOf(counts, counts.Max());
        double share = (double)counts[most] / examples.Count, accuracy = examples.Confusion().Accuracy;
        return accuracy > share || accuracy == 1
            ? null
            : FormattableString.Invariant($"accuracy {accuracy:0.0000} on the evaluation data is not above the ")
            + FormattableString.Invariant($"{share:0.0000} of always answering '{labels[most]}', its most frequent ")
            + "label. Try a smaller --lr or more --epochs, and look at the data"
            + (areImages ? "." : " with debug-data.");
    }
}
