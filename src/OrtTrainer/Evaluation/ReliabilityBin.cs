namespace OrtTrainer.Evaluation;

/// <summary>Decisions of about the same confidence.</summary>
/// <param name="Low">Confidence above which decisions fall into it.</param>
/// <param name="High">The highest confidence in it.</param>
/// <param name="Count">Decisions in it.</param>
/// <param name="Right">Those of them that are right.</param>
/// <param name="ConfidenceSum">The sum of their confidences.</param>
internal readonly record struct ReliabilityBin(double Low, double High, long Count, long Right, double ConfidenceSum)
{
    /// <summary>Share of right decisions; NaN for an empty bin.</summary>
    public double Accuracy => (double)Right / Count;

    /// <summary>Mean confidence; NaN for an empty bin.</summary>
    public double Confidence => ConfidenceSum / Count;
}
