using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>
/// A vector per text, pooled from the states of its tokens (Reimers and Gurevych 2019). It has no parameters: the model
/// is the encoder alone.
/// </summary>
/// <param name="width">The width of the encoder, H.</param>
/// <param name="pooling">How states become a vector.</param>
/// <param name="normalizes">Whether vectors are divided by their length.</param>
internal sealed class EmbeddingHead(int width, Pooling pooling, bool normalizes) : ModelHead(width)
{
    // As in PyTorch's normalize, which sentence-transformers calls.
    private const float ShortestLength = 1e-12f;

    public override OutputRows Rows => OutputRows.PerSequence;

    public override string ClassSuffix => "Model";

    public override string PeftTask => "FEATURE_EXTRACTION";

    public override bool HasParameters => false;

    public override IReadOnlyList<string> ExportedNames { get; } = [PaddedInputs.SentenceEmbedding];

    public override bool ReadsFirstTokens(Architecture architecture) => pooling == Pooling.Cls;

    public override Value Build(ModelBuilder m, Architecture architecture, Value hidden)
    {
        Value pooled = pooling == Pooling.Cls ? m.FirstToken(hidden) : m.MeanToken(hidden);
        return normalizes ? Unit(m.Graph, pooled) : pooled;
    }

    /// <summary>The states too: transformers.js pools them itself.</summary>
    public override IReadOnlyList<(string Name, Value Value)> Exported(
        GraphBuilder graph, Value hidden, Value logits) =>
        [(PaddedInputs.LastHiddenState, hidden), (PaddedInputs.SentenceEmbedding, logits)];

    /// <summary>Vectors [B, H] divided by their lengths.</summary>
    public static Value Unit(GraphBuilder g, Value x)
    {
        Value length = g.Node("Sqrt", [g.ReduceSum(g.Mul(x, x), [1], keepAxes: true)]);
        return g.Div(x, g.Node("Max", [length, g.Constant(ShortestLength)]));
    }
}
