namespace OrtTrainer.Export;

/// <summary>How an exported model's logits differ from the training graph's.</summary>
/// <param name="Examples">How many examples were compared.</param>
/// <param name="MaxAbsolute">The largest |x - r|; NaN where a logit is not a number.</param>
/// <param name="MaxRelative">The largest |x - r| / max |r|, the latter over an example's logits; NaN where a logit is
/// not a number.</param>
/// <param name="Beyond">How many logits are beyond tolerance.</param>
/// <param name="FirstBeyond">The first example with such a logit, counted from 0; null if there is none.</param>
internal sealed record ExportComparison(
    int Examples, double MaxAbsolute, double MaxRelative, int Beyond, int? FirstBeyond)
{
    /// <summary>Of how many examples the largest logit is the same.</summary>
    public int SameLargest { get; init; }

    /// <summary>Whether every logit is within tolerance.</summary>
    public bool Agrees => Beyond == 0;
}
