using OrtTrainer.Data;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>The data of a run as tokens.</summary>
/// <param name="Labels">The names of the outputs; null for tasks without.</param>
/// <param name="Train">To learn from.</param>
/// <param name="Eval">To choose by.</param>
/// <param name="Test">To report on, or null.</param>
/// <param name="EvalOrigin">Where <paramref name="Eval"/> comes from.</param>
/// <param name="Warnings">What a person should know about the data before training on it.</param>
internal sealed record EncodedSplits(
    LabelMap? Labels, EncodedDataset Train, EncodedDataset Eval, EncodedDataset? Test, string EvalOrigin,
    IReadOnlyList<string> Warnings)
{
    /// <summary>What the look of the files decided, such as a delimiter, and which labels are taken.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
