using OrtTrainer.Common;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>What an export must reproduce before it replaces anything.</summary>
/// <param name="Examples">Examples, such as the validation set's.</param>
/// <param name="Logits">Their logits by the packed evaluation graph with the exported weights, [examples, K].</param>
/// <param name="Execution">Threads and kernels of the comparison.</param>
public sealed record ExportReference(
    IReadOnlyList<TokenizedExample> Examples, ReadOnlyMemory<float> Logits, ExecutionOptions Execution)
{
    /// <summary>
    /// The texts and second texts that the examples were made of: the exported tokenizer must make the same of them.
    /// Null, the default, leaves the tokenizer unchecked.
    /// </summary>
    public IReadOnlyList<(string Text, string? Pair)>? Texts { get; init; }

    /// <summary>What passes; 1e-4 absolute plus 1e-4 relative by default.</summary>
    public ExportTolerance Tolerance { get; init; } = new();

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
