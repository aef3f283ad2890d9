namespace OrtTrainer.Export;

/// <summary>How an exported model's logits differ from the training graph's.</summary>
/// <param name="Examples">How many examples were compared.</param>
/// <param name="MaxAbsolute">The largest |x - r|; NaN where a logit is not a number.</param>
/// <param name="MaxRelative">The largest |x - r| / |r| over r other than 0; NaN where a logit is not a number.</param>
/// <param name="Beyond">How many logits are beyond tolerance.</param>
/// <param name="FirstBeyond">The first example with such a logit, counted from 0; null if there is none.</param>
public sealed record ExportComparison(
    int Examples, double MaxAbsolute, double MaxRelative, int Beyond, int? FirstBeyond)
{
    /// <summary>Whether every logit is within tolerance.</summary>
    public bool Agrees => Beyond == 0;

    /// <summary>Compares logits, [examples, K] each.</summary>
    /// <exception cref="ArgumentException">
    /// The lengths differ or are no multiple of the number of examples.
    /// </exception>
    public static ExportComparison Of(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> reference, int examples, ExportTolerance tolerance)
    {
        if (logits.Length != reference.Length || (examples == 0 ? logits.Length != 0 : logits.Length % examples != 0))
        {
            throw new ArgumentException(
                $"{examples} examples do not go with {logits.Length} logits and {reference.Length} reference logits.",
                nameof(reference));
        }

        double absolute = 0;
        double relative = 0;
        int beyond = 0;
        int first = -1;
        for (int i = 0; i < logits.Length; i++)
        {
            double difference = Math.Abs((double)logits[i] - reference[i]);

            // Math.Max keeps NaN, so one logit that is not a number shows in the result.
            absolute = Math.Max(absolute, difference);
            relative = Math.Max(relative, reference[i] == 0 ? 0 : difference / Math.Abs((double)reference[i]));
            if (!tolerance.Allows(logits[i], reference[i]) && beyond++ == 0)
            {
                first = i / (logits.Length / examples);
            }
        }

        return new(examples, absolute, relative, beyond, first < 0 ? null : first);
    }
}
