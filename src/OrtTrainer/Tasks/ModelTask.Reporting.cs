using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>From outputs to what a report shows of them beside their scores.</summary>
public abstract partial class ModelTask
{
    /// <summary>A sign that a trained model is of no use, with its numbers and what to try; null for none.</summary>
    /// <param name="examples">What is left of its outputs for the evaluation data.</param>
    /// <param name="labels">The names of the labels, in the model's order; empty for tasks without.</param>
    internal virtual string? FindFailure(EvaluatedExamples examples, IReadOnlyList<string> labels) => null;

    /// <summary>What a model does well and where it goes wrong, in words, tables and charts; nothing where there is
    /// nothing to show.</summary>
    /// <param name="examples">What is left of its outputs for some data.</param>
    /// <param name="data">The data.</param>
    internal virtual IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) => [];
}
