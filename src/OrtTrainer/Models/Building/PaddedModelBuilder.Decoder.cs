using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <summary>The decoder beside an encoder, as a graph of its own: the encoder's states are an input.</summary>
internal sealed partial class PaddedModelBuilder
{
    private readonly Value? _encoderMask;

    private PaddedModelBuilder(
        GraphBuilder graph, Func<ParameterSpec, float[]> weights, Value encoderMask, Value ids, Value encoded)
        : base(graph)
    {
        (_weights, _encoderMask, _inputIds, Encoded) = (weights, encoderMask, ids, encoded);

        // Rows are filled up behind their tokens, which therefore never see padding: none needs to be hidden.
        _mask = graph.Add(graph.Mul(ids, graph.Constant(0L)), graph.Constant(1L));
    }

    /// <summary>The states of the encoder, [B, S, H]; null unless this is the decoder beside one.</summary>
    public Value? Encoded { get; }

    /// <summary>
    /// Inputs as optimum has them: the encoder's mask and states beside the ids [B, U] of the decoder.
    /// </summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="width">Values per token, H.</param>
    /// <param name="weights">The values of a parameter, row-major.</param>
    public static PaddedModelBuilder OfDecoder(
        GraphBuilder graph, long width, Func<ParameterSpec, float[]> weights)
    {
        const string batch = "batch_size", encoder = "encoder_sequence_length";
        return new(
            graph, weights,
            graph.Input(PaddedInputs.EncoderAttentionMask, TensorType.Int64(batch, encoder)),
            graph.Input(PaddedInputs.InputIds, TensorType.Int64(batch, "decoder_sequence_length")),
            graph.Input(
                PaddedInputs.EncoderHiddenStates,
                new TensorType(ElementType.Float, new Shape(batch, encoder, width))));
    }

    public override Value CrossAttention(QueryKeyValue layers, ModelShape shape, float p, Value x, Value encoded)
    {
        Value Made(LinearName name, Value from) =>
            ToHeads(Linear(name, shape.Width, shape.AttentionWidth, from), shape.Heads, shape);
        Value q = Made(layers.Query, x), k = Made(layers.Key, encoded), v = Made(layers.Value, encoded);
        Value scores = Graph.Mul(
            Graph.MatMul(q, Graph.Transpose(k, 0, 1, 3, 2)), Graph.Constant(ScoreScale(shape)));
        Value bias = Once("encoder_padding", () => PaddingBias(_encoderMask!));
        return Merged(Graph.Add(scores, bias), v, shape, x);
    }
}
