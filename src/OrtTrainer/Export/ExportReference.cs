using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>What an export must reproduce before it replaces anything.</summary>
/// <param name="Inputs">Examples as tokens, such as the validation set's.</param>
/// <param name="Session">The packed evaluation graph, which computes what is right.</param>
/// <param name="Weights">The exported weights.</param>
/// <param name="Execution">Threads and kernels of the exported model.</param>
internal sealed record ExportReference(
    IReadOnlyList<TokenizedExample> Inputs, EvaluationSession Session, WeightBuffer Weights,
    ExecutionOptions Execution)
{
    /// <summary>
    /// The examples that all inputs were made of, in order: the exported tokenizer must make the same of them. Null,
    /// the default, leaves the tokenizer unchecked.
    /// </summary>
    public IReadOnlyList<Example>? Texts { get; init; }

    /// <summary>How many tokens their windows share; null for the task's own number.</summary>
    public int? Stride { get; init; }

    /// <summary>What passes; 1e-4 absolute plus 1e-4 relative by default.</summary>
    public ExportTolerance Tolerance { get; init; } = new();

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
