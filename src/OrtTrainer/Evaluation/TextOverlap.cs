namespace OrtTrainer.Evaluation;

/// <summary>How much of a prediction is in the reference and of the reference in the prediction.</summary>
/// <param name="Precision">Share of the prediction that is right, in [0, 1].</param>
/// <param name="Recall">Share of the reference that was found, in [0, 1].</param>
internal readonly record struct TextOverlap(double Precision, double Recall)
{
    /// <summary>The harmonic mean of both; 0 where both are 0.</summary>
    public double F1 => Ratio.Of(2 * Precision * Recall, Precision + Recall);

    /// <summary>From counts; 0 where there is nothing to count.</summary>
    internal static TextOverlap Of(int hits, int predicted, int expected) =>
        new(Ratio.Of(hits, predicted), Ratio.Of(hits, expected));
}
