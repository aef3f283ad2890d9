using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>What a task puts on top of an encoder.</summary>
internal abstract class ModelHead
{
    /// <param name="outputs">Values per row, K: classes, labels, tags or values; 1 or more.</param>
    protected ModelHead(int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        Outputs = outputs;
    }

    /// <summary>Values per row, K.</summary>
    public int Outputs { get; }

    /// <summary>What a row is of.</summary>
    public abstract OutputRows Rows { get; }

    /// <summary>What follows the family's name in the class that Hugging Face loads, such as
    /// <c>ForSequenceClassification</c>.</summary>
    public abstract string ClassSuffix { get; }

    /// <summary>What the library PEFT calls the task of such a head; null for one that it does not name.</summary>
    public virtual string? PeftTask => null;

    /// <summary>Whether it has parameters of its own; the model is the encoder alone otherwise.</summary>
    public virtual bool HasParameters => true;

    /// <summary>Whether the model takes images; otherwise it takes texts.</summary>
    public virtual bool TakesImages => false;

    /// <summary>Whether it takes no states but those that <see cref="ModelBuilder.FirstToken"/> gives.</summary>
    /// <param name="architecture">The encoder.</param>
    public virtual bool ReadsFirstTokens(Architecture architecture) => false;

    /// <summary>Whether it stands on a decoder that sees an encoder's states; both are exported as graphs of their
    /// own.</summary>
    public virtual bool HasDecoder => false;

    /// <summary>Whether a text is written on with it, token by token.</summary>
    public virtual bool WritesOn => false;

    /// <summary>Its layers, on the states of the last layer.</summary>
    /// <param name="m">The builder, which has built the encoder.</param>
    /// <param name="architecture">The encoder.</param>
    /// <param name="hidden">[T, H] packed or [B, S, H] padded; [B, H] where first tokens are all that it
    /// reads.</param>
    /// <returns>Logits: [B, K], or a row per token, [T, K] packed and [B, S, K] padded.</returns>
    public abstract Value Build(ModelBuilder m, Architecture architecture, Value hidden);

    /// <summary>
    /// The names of the outputs of an exported graph: one with all values of a row, or one per value, which then lacks
    /// the last axis.
    /// </summary>
    public virtual IReadOnlyList<string> ExportedNames { get; } = [PaddedInputs.Logits];

    /// <summary>The outputs of an exported graph, by name.</summary>
    /// <param name="graph">The exported graph.</param>
    /// <param name="hidden">The states of the last layer, [B, S, H].</param>
    /// <param name="logits">What <see cref="Build"/> gave.</param>
    public virtual IReadOnlyList<(string Name, Value Value)> Exported(
        GraphBuilder graph, Value hidden, Value logits) =>
        [(PaddedInputs.Logits, logits)];
}
