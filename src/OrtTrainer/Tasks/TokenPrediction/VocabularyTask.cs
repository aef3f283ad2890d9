using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.TokenPrediction;

/// <summary>A task whose outputs are the vocabulary: which token stands at a place.</summary>
internal abstract class VocabularyTask : ModelTask
{
    // Logits of every token of a text are large, and few examples show whether a graph is right.
    private protected const int ExportedExamples = 8;

    /// <inheritdoc/>
    internal sealed override OutputDistribution Distribution => OutputDistribution.Vocabulary;

    /// <inheritdoc/>
    internal sealed override bool HasNamedOutputs => false;

    /// <inheritdoc/>
    internal sealed override string DescribeOutputs(int outputs) => $"{outputs} tokens";

    /// <summary>Logits of a vocabulary for all tokens of the data would be too large a table.</summary>
    internal sealed override bool TeachesSteps => true;

    /// <summary>The ids of the vocabulary, which no configuration names.</summary>
    internal sealed override IReadOnlyList<string> OutputNames(ModelConfig config) =>
        NumbersTo(Architecture.VocabularyOf(config) ?? 0);

    /// <inheritdoc/>
    internal sealed override IReadOnlyList<string> OutputNames(int outputs) => NumbersTo(outputs);

    /// <inheritdoc/>
    internal sealed override ModelConfig Describe(
        ModelConfig config, Architecture architecture, IReadOnlyList<string> labels) =>
        config.With(architecture: architecture.ClassOf(Head(labels.Count))).With("problem_type", null);

    /// <inheritdoc/>
    internal sealed override LabelMap? LabelsOf(IReadOnlyList<string> names) => null;

    /// <inheritdoc/>
    internal sealed override int? OutputsWithoutLabels(ModelConfig config) => Architecture.VocabularyOf(config);

    /// <inheritdoc/>
    internal sealed override TeacherAudit Audit(EvaluationScores scores, int rows) => new()
    {
        Task = Name, Rows = rows, Accuracy = scores.Values["accuracy"], Perplexity = scores.Values["perplexity"],
    };

    /// <inheritdoc/>
    internal sealed override IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) =>
        PredictedTokenReport.Of((PredictedTokenScores)examples, data.Source);

    /// <inheritdoc/>
    internal sealed override EvaluationAccumulator Evaluate(EncodedDataset data) =>
        new PredictedTokenAccumulator(data.Inputs, Metrics);
}
