using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>From outputs to what a report shows of them beside their scores.</summary>
public abstract partial class ModelTask
{
    /// <summary>What a model does well and where it goes wrong, in words, tables and charts; nothing where there is
    /// nothing to show.</summary>
    /// <param name="examples">What is left of its outputs for some data.</param>
    /// <param name="data">The data.</param>
    internal virtual IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) => [];
}
