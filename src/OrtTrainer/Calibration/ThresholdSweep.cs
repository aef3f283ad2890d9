namespace OrtTrainer.Calibration;

/// <summary>
/// The probability from which a label is predicted, chosen so that F1 on labeled data is greatest: an exact sweep over
/// all cuts between neighbouring scores.
/// </summary>
internal static class ThresholdSweep
{
    /// <summary>The threshold of labels that are not tuned.</summary>
    public const double Usual = 0.5;

    /// <summary>
    /// The fewest rows that must have a label, and the fewest that must lack it, for its threshold to be tuned: below
    /// that a few rows decide, and <see cref="Usual"/> stays.
    /// </summary>
    public const int FewestRows = 10;

    /// <summary>The threshold of greatest F1: of equal cuts that nearest to <see cref="Usual"/>, half way between the
    /// scores on both sides of it.</summary>
    /// <param name="applies">[N], whether each row has the label.</param>
    /// <param name="scores">[N], the label's probability.</param>
    /// <returns>The threshold, in (0, 1); null with too few rows.</returns>
    public static double? Of(ReadOnlySpan<bool> applies, ReadOnlySpan<double> scores)
    {
        (double Score, bool Applies)[] rows = new (double, bool)[scores.Length];
        int positives = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (scores[i], applies[i]);
            positives += applies[i] ? 1 : 0;
        }

        if (positives < FewestRows || rows.Length - positives < FewestRows)
        {
            return null;
        }

        Array.Sort(rows, (one, other) => other.Score.CompareTo(one.Score));
        (double best, double threshold, int hits) = (-1, Usual, 0);
        for (int taken = 1; taken <= rows.Length; taken++)
        {
            hits += rows[taken - 1].Applies ? 1 : 0;
            double next = taken < rows.Length ? rows[taken].Score : 0;
            if (next == rows[taken - 1].Score)
            {
                continue;
            }

            // 2 TP / (2 TP + FP + FN).
            double score = 2.0 * hits / (taken + positives);
            double cut = CutBetween(next, rows[taken - 1].Score);
            if (score > best || (score == best && Math.Abs(cut - Usual) < Math.Abs(threshold - Usual)))
            {
                (best, threshold) = (score, cut);
            }
        }

        return threshold;
    }

    /// <summary>The usual threshold where it parts both scores, else half way between them.</summary>
    private static double CutBetween(double below, double above) =>
        below < Usual && Usual <= above ? Usual : (below + above) / 2;
}
