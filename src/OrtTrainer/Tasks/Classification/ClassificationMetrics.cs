using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.Classification;

/// <summary>What a classification is scored by.</summary>
internal static class ClassificationMetrics
{
    public static IReadOnlyList<Metric> All { get; } =
    [
        Of("accuracy", c => c.Confusion().Accuracy),
        OfTwo("f1", c => c.Confusion().F1(1)),
        OfTwo("precision", c => c.Confusion().Precision(1)),
        OfTwo("recall", c => c.Confusion().Recall(1)),
        Of("macro_f1", c => c.Confusion().MacroF1),
        Of("micro_f1", c => c.Confusion().Accuracy),
        Of("weighted_f1", c => c.Confusion().WeightedF1),
        Of("mcc", c => c.Confusion().Mcc),
        Of("balanced_accuracy", c => c.Confusion().BalancedAccuracy),
        Of("cohen_kappa", c => c.Confusion().CohenKappa),
        OfTwo("roc_auc", RocAuc),
        Of("log_loss", c => ProbabilityScores.LogLoss(c.Labels, c.Probabilities(), c.Classes), higherIsBetter: false),
        Of("ece", c => ProbabilityScores.CalibrationError(c.Labels, c.Probabilities(), c.Classes),
            higherIsBetter: false),
    ];

    private static ExamplesMetric<ClassifiedExamples> Of(
        string name, Func<ClassifiedExamples, double> score, bool higherIsBetter = true) =>
        new(name, score) { HigherIsBetter = higherIsBetter };

    /// <summary>A metric of the second of two classes.</summary>
    private static ExamplesMetric<ClassifiedExamples> OfTwo(string name, Func<ClassifiedExamples, double> score) =>
        new(name, examples => examples.Classes == 2
            ? score(examples)
            : throw new ArgumentException(
                $"{name} is defined for 2 classes; found {examples.Classes}. Choose macro_f1, accuracy or mcc."))
        {
            RequiredOutputs = 2,
        };

    private static double RocAuc(ClassifiedExamples examples)
    {
        bool[] positive = new bool[examples.Count];
        double[] scores = new double[examples.Count];
        for (int i = 0; i < positive.Length; i++)
        {
            positive[i] = examples.Labels[i] == 1;

            // Orders as the probability does, without the ties that appear where that rounds to 1.
            scores[i] = examples.Logits[(i * 2) + 1] - examples.Logits[i * 2];
        }

        return ProbabilityScores.RocAuc(positive, scores);
    }
}
