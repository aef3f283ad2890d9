using OrtTrainer.Data;
namespace OrtTrainer.Evaluation;

/// <summary>A metric by the name users give it, with what it needs to choose between two models.</summary>
public sealed class MetricKind
{
    private static readonly MetricKind[] Kinds =
    [
        Classification("accuracy", c => c.Confusion().Accuracy),
        Classification("f1", c => c.Confusion().F1(1), binaryOnly: true),
        Classification("precision", c => c.Confusion().Precision(1), binaryOnly: true),
        Classification("recall", c => c.Confusion().Recall(1), binaryOnly: true),
        Classification("macro_f1", c => c.Confusion().MacroF1),
        Classification("micro_f1", c => c.Confusion().Accuracy),
        Classification("weighted_f1", c => c.Confusion().WeightedF1),
        Classification("mcc", c => c.Confusion().Mcc),
        Classification("balanced_accuracy", c => c.Confusion().BalancedAccuracy),
        Classification("cohen_kappa", c => c.Confusion().CohenKappa),
        Classification("roc_auc", RocAuc, binaryOnly: true),
        Classification("log_loss", c => ProbabilityScores.LogLoss(c.Labels, c.Probabilities(), c.Classes), lower: true),
        Classification(
            "ece", c => ProbabilityScores.CalibrationError(c.Labels, c.Probabilities(), c.Classes), lower: true),
        MultiLabel("micro_f1", c => c.MicroF1),
        MultiLabel("macro_f1", c => c.MacroF1),
        MultiLabel("weighted_f1", c => c.WeightedF1),
        MultiLabel("precision", c => c.MicroPrecision),
        MultiLabel("recall", c => c.MicroRecall),
        MultiLabel("accuracy", c => c.SubsetAccuracy),
        Regression("spearman", r => Correlation.Spearman(r.Predictions, r.Targets)),
        Regression("pearson", r => Correlation.Pearson(r.Predictions, r.Targets)),
        Regression("kendall_tau", r => Correlation.KendallTauB(r.Predictions, r.Targets)),
        Regression("mse", r => Correlation.MeanSquaredError(r.Predictions, r.Targets), lower: true),
    ];

    private readonly Func<EvaluatedExamples, double> _score;

    private readonly bool _binaryOnly;

    private MetricKind(
        string name, TaskKind task, bool higherIsBetter, Func<EvaluatedExamples, double> score, bool binaryOnly = false)
    {
        (Name, Task, HigherIsBetter, _score, _binaryOnly) = (name, task, higherIsBetter, score, binaryOnly);
    }

    /// <summary>Every metric; the same name may stand for several tasks.</summary>
    public static IReadOnlyList<MetricKind> All => Kinds;

    /// <summary>The name, in lower case with underscores.</summary>
    public string Name { get; }

    /// <summary>The task whose outputs it scores.</summary>
    public TaskKind Task { get; }

    /// <summary>False for losses and errors.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>The metric used where the user names none.</summary>
    public static MetricKind DefaultFor(TaskKind task) => Find(
        task,
        task switch
        {
            TaskKind.Classification => "accuracy",
            TaskKind.MultiLabel => "micro_f1",
            _ => "spearman",
        });

    /// <summary>The metric of that name for a task; case does not matter, and f1_macro is macro_f1.</summary>
    /// <exception cref="ArgumentException">The task has no such metric; the message lists those it has.</exception>
    public static MetricKind Find(TaskKind task, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var spelled = name.ToLowerInvariant().Replace('-', '_');
        // scikit-learn users write f1_macro for macro_f1.
        spelled = spelled.StartsWith("f1_", StringComparison.Ordinal) ? $"{spelled[3..]}_f1" : spelled;
        return Kinds.FirstOrDefault(kind => kind.Task == task && kind.Name == spelled)
            ?? throw new ArgumentException(
                $"There is no metric '{name}' for {task.ToString().ToLowerInvariant()}; expected one of " +
                $"{string.Join(", ", Kinds.Where(kind => kind.Task == task).Select(kind => kind.Name))}.",
                nameof(name));
    }

    /// <summary>The score; NaN where it is not defined (a correlation with constant predictions, say).</summary>
    /// <exception cref="ArgumentException">Outputs of another task, or a metric for two classes only with
    /// more.</exception>
    public double Score(EvaluatedExamples examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return examples.Task == Task
            ? _score(examples)
            : throw new ArgumentException($"{Name} scores {Task} outputs; found {examples.Task}.", nameof(examples));
    }

    /// <summary>Whether it can score a model of so many outputs: some metrics need exactly two classes.</summary>
    public bool IsDefinedFor(int outputs) => !_binaryOnly || outputs == 2;

    /// <summary>Whether one score beats another; NaN never does, and anything beats NaN.</summary>
    public bool IsBetter(double candidate, double best) =>
        !double.IsNaN(candidate) && (double.IsNaN(best) || (HigherIsBetter ? candidate > best : candidate < best));

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static MetricKind Classification(
        string name, Func<ClassifiedExamples, double> score, bool lower = false, bool binaryOnly = false) =>
        new(name, TaskKind.Classification, !lower, examples =>
        {
            var classified = (ClassifiedExamples)examples;
            return !binaryOnly || classified.Classes == 2
                ? score(classified)
                : throw new ArgumentException(
                    $"{name} is defined for 2 classes; found {classified.Classes}. Choose macro_f1, accuracy or mcc.");
        }, binaryOnly);

    private static MetricKind MultiLabel(string name, Func<LabelCounts, double> score) =>
        new(name, TaskKind.MultiLabel, true, examples => score(((MultiLabelExamples)examples).Counts()));

    private static MetricKind Regression(string name, Func<RegressedExamples, double> score, bool lower = false) =>
        new(name, TaskKind.Regression, !lower, examples => score((RegressedExamples)examples));

    private static double RocAuc(ClassifiedExamples examples)
    {
        var positive = new bool[examples.Count];
        var scores = new double[examples.Count];
        for (var i = 0; i < positive.Length; i++)
        {
            positive[i] = examples.Labels[i] == 1;
            // Orders as the probability does, without the ties that appear where that rounds to 1.
            scores[i] = examples.Logits[(i * 2) + 1] - examples.Logits[i * 2];
        }

        return ProbabilityScores.RocAuc(positive, scores);
    }
}
