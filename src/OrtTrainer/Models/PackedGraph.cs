using OrtTrainer.Graph;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>A packed graph as an ONNX model, and the parameters it takes as inputs or holds.</summary>
/// <param name="Model">The bytes of the ONNX file.</param>
/// <param name="Layout">The parameters, in the order they are first used.</param>
/// <param name="Inputs">Names of the inputs that change with every batch; see <see cref="PackedInputs"/>.</param>
internal sealed record PackedGraph(byte[] Model, ParameterLayout Layout, IReadOnlySet<string> Inputs)
{
    /// <summary>What a row of <see cref="PackedInputs.Logits"/> is of.</summary>
    public OutputRows Rows { get; init; } = OutputRows.PerSequence;

    /// <summary>Values per row, K.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>The parameters that it takes and that the layout lacks, since they stay as they are.</summary>
    public IReadOnlyList<ParameterView> Frozen { get; init; } = [];

    /// <summary>
    /// Forward pass without dropout: a batch and parameters in, <see cref="PackedInputs.Logits"/> out.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="precision">Of products.</param>
    /// <param name="adapters">What stands beside linear layers, as parameters of their own; null for nothing.</param>
    public static PackedGraph Evaluation(
        Architecture architecture, ModelHead head, ProductPrecision precision = default,
        LowRankAdapters? adapters = null)
    {
        GraphBuilder g = new("evaluation");
        return Forward(
            g, new PackedModelBuilder(g, training: false, precision) { Adapters = adapters }, architecture, head);
    }

    /// <summary>
    /// As <see cref="Evaluation"/>, with the weights stored in the graph, so that
    /// kernels may prepare them once.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="layout">Where each parameter lies in the buffer.</param>
    /// <param name="weights">The weights, less than protobuf's limit of 2 GB.</param>
    /// <param name="precision">Of products.</param>
    public static PackedGraph Inference(
        Architecture architecture, ModelHead head, ParameterLayout layout, WeightBuffer weights,
        ProductPrecision precision)
    {
        GraphBuilder g = new("inference");
        return Forward(
            g, new PackedModelBuilder(g, training: false, precision, ValuesOf(layout, weights)), architecture, head);
    }

    /// <summary>
    /// As <see cref="Inference"/>, of a decoder that remembers keys and values of earlier tokens: the newest of each
    /// text in, with a cache, which <see cref="PackedInputs.UpdatedCache"/> gives with theirs.
    /// </summary>
    /// <inheritdoc cref="Inference" path="/param"/>
    public static PackedGraph Decoder(
        Architecture architecture, ModelHead head, ParameterLayout layout, WeightBuffer weights,
        ProductPrecision precision)
    {
        GraphBuilder g = new("decoder");
        PackedModelBuilder m = new(g, training: false, precision, ValuesOf(layout, weights)) { HasCache = true };
        return Forward(g, m, architecture, head);
    }

    /// <summary>
    /// Forward pass that normalizes each batch by itself: what the batch makes of every statistic out, as
    /// <see cref="PackedInputs.Statistic"/> names it. Null where the model has no statistics.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="precision">Of products.</param>
    public static PackedGraph? Statistics(Architecture architecture, ModelHead head, ProductPrecision precision)
    {
        GraphBuilder g = new("statistics");
        PackedModelBuilder m = new(g, training: false, precision) { UsesBatchStatistics = true };
        _ = head.Build(m, architecture, architecture.Encode(m, head));
        foreach ((ParameterSpec statistic, Value ofBatch) in m.Statistics)
        {
            g.Output(ofBatch, PackedInputs.Statistic(statistic));
        }

        return m.Statistics.Count > 0 ? From(g, m) : null;
    }

    /// <summary>The embeddings and the first layers alone, without dropout: <see cref="PackedInputs.FrozenStates"/>
    /// out.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="layers">How many layers, 0 or more.</param>
    public static PackedGraph Lower(Architecture architecture, int layers)
    {
        GraphBuilder g = new("frozen");
        PackedModelBuilder m = new(g, training: false) { FrozenLayers = layers };
        _ = architecture.Encode(m);
        g.Output(m.FrozenStates!, PackedInputs.FrozenStates);
        return WithoutUnused(g, m);
    }

    /// <summary>As <see cref="Evaluation"/>, of what stands on the first layers:
    /// <see cref="PackedInputs.FrozenStates"/> in.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="layers">How many layers there are below.</param>
    /// <param name="adapters">What stands beside linear layers, as parameters of their own; null for nothing.</param>
    public static PackedGraph Upper(
        Architecture architecture, ModelHead head, int layers, LowRankAdapters? adapters = null)
    {
        GraphBuilder g = new("evaluation");
        PackedModelBuilder m = new(g, training: false)
        {
            FrozenLayers = layers, StartsAtStates = true, Adapters = adapters,
        };
        g.Output(head.Build(m, architecture, architecture.Encode(m, head)), PackedInputs.Logits);
        return WithoutUnused(g, m) with { Rows = head.Rows, Outputs = head.Outputs };
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
    /// <param name="views">Those of the layout; null for all.</param>
    internal static PackedGraph From(
        GraphBuilder g, PackedModelBuilder m, IReadOnlyCollection<ParameterView>? sparse = null,
        IReadOnlyList<ParameterView>? views = null)
    {
        HashSet<Value> parameters = [.. m.Parameters];
        return new(g.ToBytes(), new ParameterLayout(views ?? m.Views, sparse),
            g.Inputs.Where(i => !parameters.Contains(i)).Select(i => i.Name).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The graph as far as its outputs need it.</summary>
    private static PackedGraph WithoutUnused(GraphBuilder g, PackedModelBuilder m)
    {
        g.RemoveUnusedInputs();
        HashSet<Value> inputs = [.. g.Inputs];
        return From(g, m, views: [.. m.Views.Where((_, i) => inputs.Contains(m.Parameters[i]))]);
    }

    private static Func<ParameterView, float[]> ValuesOf(ParameterLayout layout, WeightBuffer weights) =>
        view => weights.Read(layout.OffsetOf(view), checked((int)view.Length));

    private static PackedGraph Forward(
        GraphBuilder g, PackedModelBuilder m, Architecture architecture, ModelHead head)
    {
        g.Output(head.Build(m, architecture, architecture.Encode(m, head)), PackedInputs.Logits);
        foreach ((string name, Value value) in m.UpdatedCache)
        {
            g.Output(value, name);
        }

        return From(g, m) with { Rows = head.Rows, Outputs = head.Outputs };
    }
}
