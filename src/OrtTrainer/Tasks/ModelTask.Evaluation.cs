using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>From outputs to scores.</summary>
public abstract partial class ModelTask
{
    /// <summary>The metrics, in the order in which scores are listed.</summary>
    internal abstract IReadOnlyList<Metric> Metrics { get; }

    /// <summary>The metric that decides where the user names none.</summary>
    internal virtual Metric DefaultMetric => Metrics[0];

    /// <summary>Whether it depends on the data which metrics are defined, and so which decides.</summary>
    internal virtual bool ChoosesMetricByData => false;

    /// <summary>Whether outputs are vectors of texts, which have no labels.</summary>
    internal virtual bool MakesVectors => false;

    /// <summary>Whether outputs are probabilities of classes that a temperature may scale.</summary>
    internal virtual bool DecidesClasses => false;

    /// <summary>Whether each label is predicted from a threshold of its own.</summary>
    internal virtual bool HasThresholds => false;

    /// <summary>Whether its models write texts, which can be scored beside their outputs.</summary>
    internal virtual bool WritesTexts => false;

    /// <summary>The metrics that data can be scored by, that which decides first.</summary>
    internal virtual IReadOnlyList<Metric> MetricsOf(Dataset data) => Metrics;

    /// <summary>Whether the predictions of several models have a mean.</summary>
    internal virtual bool HasPredictionMean => false;

    /// <summary>The metric of that name; case does not matter, and f1_macro is macro_f1.</summary>
    /// <exception cref="ArgumentException">The task has no such metric; the message lists those it has.</exception>
    internal Metric FindMetric(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string spelled = name.ToLowerInvariant().Replace('-', '_');

        // scikit-learn users write f1_macro for macro_f1.
        spelled = spelled.StartsWith("f1_", StringComparison.Ordinal) ? $"{spelled[3..]}_f1" : spelled;
        return Metrics.FirstOrDefault(metric => metric.Name == spelled)
            ?? throw new ArgumentException(
                $"There is no metric '{name}' for {Name}; expected one of " +
                $"{string.Join(", ", Metrics.Select(metric => metric.Name))}.",
                nameof(name));
    }

    /// <summary>The metric that decides on a data set.</summary>
    /// <param name="name">The one named; null for the task's own.</param>
    /// <param name="data">The data.</param>
    /// <exception cref="ArgumentException">The task has no such metric.</exception>
    /// <exception cref="RunException">It is not defined for the data.</exception>
    internal Metric MetricFor(string? name, Dataset data)
    {
        IReadOnlyList<Metric> defined = MetricsOf(data);
        Metric metric = name is null ? ChoosesMetricByData ? defined[0] : DefaultMetric : FindMetric(name);
        return defined.Contains(metric)
            ? metric
            : throw new RunException($"The metric {metric} is not defined for {data.Source}; expected "
                + $"{string.Join(" or ", defined)}. Choose such a metric, or name the columns that it needs.");
    }

    /// <summary>Takes in the outputs for a data set, batch by batch, and scores them.</summary>
    internal abstract EvaluationAccumulator Evaluate(EncodedDataset data);

    /// <summary>Takes in the outputs of several models for a data set, for the mean of what they predict.</summary>
    /// <exception cref="NotSupportedException">There is no such mean; see <see cref="HasPredictionMean"/>.</exception>
    internal virtual PredictionMean MeanOf(EncodedDataset data) => throw new NotSupportedException(
        $"The predictions of several models for {Name} have no mean.");
}
