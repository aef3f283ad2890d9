namespace OrtTrainer.Evaluation;

/// <summary>Scores of predicted probabilities rather than of decisions.</summary>
internal static class ProbabilityScores
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    /// <summary>
    /// Mean of <c>-log p(label)</c> in nats; probabilities are kept a machine epsilon away from 0 and 1.
    /// </summary>
    /// <param name="labels">[N].</param>
    /// <param name="probabilities">[N, K].</param>
    /// <param name="classes">K.</param>
    /// <returns>The loss; NaN for no examples.</returns>
    public static double LogLoss(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes)
    {
        Check(labels, probabilities, classes);
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            sum -= Math.Log(Math.Clamp(probabilities[(i * classes) + labels[i]], MachineEpsilon, 1 - MachineEpsilon));
        }

        return sum / labels.Length;
    }

    /// <summary>
    /// Expected calibration error (Guo et al. 2017): the mean gap between confidence and accuracy over equal bins of
    /// confidence, (low, high], weighted by the examples in them.
    /// </summary>
    /// <param name="labels">[N].</param>
    /// <param name="probabilities">[N, K].</param>
    /// <param name="classes">K.</param>
    /// <param name="bins">Number of bins, 1 or more.</param>
    /// <returns>The error in [0, 1]; NaN for no examples.</returns>
    public static double CalibrationError(
        ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes,
        int bins = Reliability.DefaultBins) => ReliabilityOf(labels, probabilities, classes, bins).ExpectedError;

    /// <summary>How far the probabilities of the most probable classes can be believed.</summary>
    /// <inheritdoc cref="CalibrationError" path="/param"/>
    public static Reliability ReliabilityOf(
        ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes, int bins = Reliability.DefaultBins)
    {
        Check(labels, probabilities, classes);
        var decisions = new (bool IsRight, double Confidence)[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            var prediction = Argmax(row);
            decisions[i] = (prediction == labels[i], row[prediction]);
        }

        return new Reliability(decisions, bins);
    }

    /// <summary>
    /// Area under the receiver operating characteristic: the chance that a positive scores above a negative, ties
    /// counting half.
    /// </summary>
    /// <param name="positive">[N], whether an example is positive.</param>
    /// <param name="scores">[N], higher for positive.</param>
    /// <returns>The area in [0, 1]; NaN where all examples are of one kind.</returns>
    public static double RocAuc(ReadOnlySpan<bool> positive, ReadOnlySpan<double> scores)
    {
        if (positive.Length != scores.Length)
        {
            throw new ArgumentException($"There are {scores.Length} scores for {positive.Length} examples.");
        }

        var ranks = Ranks.Of(scores);
        var (positives, rankSum) = (0.0, 0.0);
        for (var i = 0; i < ranks.Length; i++)
        {
            positives += positive[i] ? 1 : 0;
            rankSum += positive[i] ? ranks[i] : 0;
        }

        return (rankSum - (positives * (positives + 1) / 2)) / (positives * (positive.Length - positives));
    }

    /// <summary>The index of the largest value, the first of equal ones.</summary>
    internal static int Argmax(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var k = 1; k < values.Length; k++)
        {
            best = values[k] > values[best] ? k : best;
        }

        return best;
    }

    private static void Check(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes)
    {
        if (probabilities.Length != (long)labels.Length * classes)
        {
            throw new ArgumentException(
                $"There are {probabilities.Length} probabilities for {labels.Length} examples of {classes} classes.");
        }

        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0 || labels[i] >= classes)
            {
                throw new ArgumentException($"Example {i} has label {labels[i]}; expected 0 to {classes - 1}.");
            }
        }
    }
}
