namespace OrtTrainer.Evaluation.Texts;

/// <summary>Checks of a corpus and its references.</summary>
internal static class ReferenceSets
{
    /// <exception cref="ArgumentException">There are no texts or references, or not as many in each set.</exception>
    public static void Check(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        if (predictions.Count == 0 || references.Count == 0)
        {
            throw new ArgumentException(
                $"There are {predictions.Count} predictions and {references.Count} sets of references; expected at "
                + "least one of each.");
        }

        if (references.FirstOrDefault(set => set.Count != predictions.Count) is { } uneven)
        {
            throw new ArgumentException(
                $"There are {predictions.Count} predictions and a set of {uneven.Count} references; expected one "
                + "reference per prediction in each set.");
        }
    }
}
