using OrtTrainer.Evaluation;

namespace OrtTrainer.Diagnosis;

/// <summary>
/// Labels that are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021, Confident Learning:
/// Estimating Uncertainty in Dataset Labels, section 3): a row counts as one of class j where its probability of j is
/// at least the mean of that over the rows labeled j; the likeliest of such classes is taken, and where it is another
/// than the label, the label is suspected.
/// </summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Accuracy">Share of rows whose label is the likeliest class.</param>
/// <param name="Share">Estimated share of wrong labels: what lies off the diagonal of the confident joint, calibrated
/// to the labels' counts.</param>
/// <param name="Suspects">Labels suspected, those first whose own probability is farthest below the other's.</param>
internal sealed record LabelNoise(int Rows, double Accuracy, double Share, IReadOnlyList<SuspectLabel> Suspects)
{
    /// <summary>Finds them.</summary>
    /// <param name="probabilities">[N, K], of models that were not trained on the row.</param>
    /// <param name="labels">[N], from 0 to K - 1.</param>
    /// <param name="classes">K, 2 or more.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static LabelNoise Of(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes)
    {
        if (probabilities.Length != (long)labels.Length * classes)
        {
            throw new ArgumentException(
                $"There are {probabilities.Length} probabilities for {labels.Length} rows of {classes} classes.");
        }

        double[] thresholds = SelfConfidence(probabilities, labels, classes);
        long[] joint = new long[classes * classes];
        List<SuspectLabel> suspects = [];
        int right = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> own = probabilities.Slice(row * classes, classes);
            int given = labels[row];
            right += ProbabilityScores.Argmax(own) == given ? 1 : 0;
            int likely = Confident(own, thresholds);
            if (likely < 0)
            {
                continue;
            }

            joint[(given * classes) + likely]++;
            if (likely != given)
            {
                suspects.Add(new SuspectLabel(row, given, likely, own[given], own[likely]));
            }
        }

        return new LabelNoise(
            labels.Length, (double)right / labels.Length, ShareOf(joint, labels, classes),
            [.. suspects.OrderBy(suspect => suspect.GivenProbability - suspect.LikelyProbability)]);
    }

    /// <summary>The mean probability of each class over the rows labeled so; above 1 for classes without
    /// rows.</summary>
    private static double[] SelfConfidence(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes)
    {
        double[] sums = new double[classes];
        int[] counts = new int[classes];
        for (int row = 0; row < labels.Length; row++)
        {
            sums[labels[row]] += probabilities[(row * classes) + labels[row]];
            counts[labels[row]]++;
        }

        return [.. sums.Zip(counts, (sum, count) => count == 0 ? 2 : sum / count)];
    }

    private static int Confident(ReadOnlySpan<double> own, double[] thresholds)
    {
        int best = -1;
        for (int k = 0; k < own.Length; k++)
        {
            best = own[k] >= thresholds[k] && (best < 0 || own[k] > own[best]) ? k : best;
        }

        return best;
    }

    private static double ShareOf(long[] joint, ReadOnlySpan<int> labels, int classes)
    {
        double wrong = 0;
        int[] counts = new int[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }

        for (int given = 0; given < classes; given++)
        {
            ReadOnlySpan<long> row = joint.AsSpan(given * classes, classes);
            long total = 0;
            foreach (long count in row)
            {
                total += count;
            }

            wrong += total == 0 ? 0 : (double)counts[given] * (total - row[given]) / total;
        }

        return wrong / labels.Length;
    }
}
