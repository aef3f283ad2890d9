using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>A packed graph as an ONNX model, and the parameters it takes as inputs.</summary>
/// <param name="Model">The bytes of the ONNX file.</param>
/// <param name="Layout">The parameters, in the order of the graph's inputs.</param>
/// <param name="Inputs">Names of the inputs that change with every batch; see <see cref="PackedInputs"/>.</param>
internal sealed record PackedGraph(byte[] Model, ParameterLayout Layout, IReadOnlySet<string> Inputs)
{
    /// <summary>What a row of <see cref="PackedInputs.Logits"/> is of.</summary>
    public OutputRows Rows { get; init; } = OutputRows.PerSequence;

    /// <summary>
    /// Forward pass without dropout: a batch and parameters in, <see cref="PackedInputs.Logits"/> out.
    /// </summary>
    public static PackedGraph Evaluation(
        Architecture architecture, ModelHead head, Precision precision = Precision.Fp32)
    {
        GraphBuilder g = new("evaluation");
        PackedModelBuilder m = new(g, training: false, precision);
        g.Output(head.Build(m, architecture, architecture.Encode(m, head)), PackedInputs.Logits);
        return From(g, m) with { Rows = head.Rows };
    }

    /// <summary>The encoder alone: <see cref="PackedInputs.LastHiddenState"/> out.</summary>
    public static PackedGraph Encoder(Architecture architecture)
    {
        GraphBuilder g = new("encoder");
        PackedModelBuilder m = new(g, training: false);
        g.Output(architecture.Encode(m), PackedInputs.LastHiddenState);
        return From(g, m);
    }

    /// <summary>
    /// The encoder alone, with <see cref="PackedInputs.HiddenState"/> of every layer out, the embeddings left out.
    /// </summary>
    public static PackedGraph EncoderLayers(Architecture architecture)
    {
        GraphBuilder g = new("encoder_layers");
        PackedModelBuilder m = new(g, training: false);
        _ = architecture.Encode(m);
        for (int layer = 0; layer < m.LayerOutputs.Count; layer++)
        {
            g.Output(m.LayerOutputs[layer], PackedInputs.HiddenState(layer));
        }

        return From(g, m);
    }

    /// <summary>The graph as far as it is built.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="m">Its parameters.</param>
    /// <param name="sparse">Those of which a step reads few rows; null for none.</param>
    internal static PackedGraph From(
        GraphBuilder g, PackedModelBuilder m, IReadOnlyCollection<ParameterView>? sparse = null)
    {
        HashSet<Value> parameters = [.. m.Parameters];
        return new(g.ToBytes(), new ParameterLayout(m.Views, sparse),
            g.Inputs.Where(i => !parameters.Contains(i)).Select(i => i.Name).ToHashSet(StringComparer.Ordinal));
    }
}
