namespace OrtTrainer.Studies.Tuning;

/// <summary>What a stretch of a trial takes: so much to begin and end it, and so much for an example.</summary>
/// <param name="Start">Seconds of loading, evaluation and checkpoints.</param>
/// <param name="Example">Seconds per example trained on.</param>
internal sealed record StretchCost(double Start, double Example)
{
    private const int FewestTrials = 3;

    /// <summary>Seconds of one stretch.</summary>
    public double Of(double examples) => Start + (Example * examples);

    /// <summary>Fits the trials so far by least squares; the mean per example of few, or of trials that are too alike.
    /// Null before any has ended a stretch.</summary>
    /// <param name="trials">Seconds, stretches and examples of each, none of them 0.</param>
    public static StretchCost? Fit(IReadOnlyList<(double Seconds, int Stretches, double Examples)> trials)
    {
        if (trials.Count == 0)
        {
            return null;
        }

        double starts = trials.Sum(t => (double)t.Stretches * t.Stretches);
        double mixed = trials.Sum(t => t.Stretches * t.Examples);
        double examples = trials.Sum(t => t.Examples * t.Examples);
        double determinant = (starts * examples) - (mixed * mixed);
        double bySeconds = trials.Sum(t => t.Stretches * t.Seconds);
        double byExamples = trials.Sum(t => t.Examples * t.Seconds);
        (double start, double example) = (
            ((bySeconds * examples) - (byExamples * mixed)) / determinant,
            ((byExamples * starts) - (bySeconds * mixed)) / determinant);
        return trials.Count >= FewestTrials && determinant > 1e-9 * starts * examples && start >= 0 && example > 0
            ? new StretchCost(start, example)
            : new StretchCost(0, trials.Sum(t => t.Seconds) / trials.Sum(t => t.Examples));
    }
}
