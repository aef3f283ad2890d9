using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <summary>
/// The decoder beside an encoder, as a graph of its own that writes token by token: the encoder's states are an input,
/// and so are the keys and values of earlier tokens and, once they are made, those of the encoder's tokens.
/// </summary>
internal sealed partial class PaddedModelBuilder
{
    private Value? _encoderMask;
    private readonly Dictionary<string, Value> _past = new(StringComparer.Ordinal);
    private readonly int _firstLayer;

    private PaddedModelBuilder(
        GraphBuilder graph, ModelShape shape, int layers, Func<ParameterSpec, float[]> weights)
        : base(graph)
    {
        const string batch = "batch_size", encoder = "encoder_sequence_length";
        (_weights, _hasCache, _firstLayer) = (weights, true, shape.Layers - layers);
        _encoderMask = graph.Input(PaddedInputs.EncoderAttentionMask, TensorType.Int64(batch, encoder));
        _inputIds = graph.Input(PaddedInputs.InputIds, TensorType.Int64(batch, "decoder_sequence_length"));
        Value states = graph.Input(
            PaddedInputs.EncoderHiddenStates,
            new TensorType(ElementType.Float, new Shape(batch, encoder, shape.Width)));
        string[] names =
        [
            .. from layer in Enumerable.Range(0, layers)
               from part in new[] { PaddedInputs.DecoderPart, PaddedInputs.EncoderPart }
               from tensor in new[] { PaddedInputs.Key, PaddedInputs.Value }
               select PaddedInputs.Past(layer, part + tensor),
        ];
        Value[] past = [.. names.Select(name => graph.Input(name, new TensorType(ElementType.Float, new Shape(
            batch, shape.KeyValueHeads,
            name.Contains(PaddedInputs.EncoderPart, StringComparison.Ordinal)
                ? "encoder_sequence_length_out" : "past_decoder_sequence_length",
            shape.HeadWidth))))];
        Value cached = graph.Input(PaddedInputs.UseCacheBranch, new TensorType(ElementType.Bool, new Shape(1)));

        // Without a cache, what its inputs hold means nothing, and all states of the encoder are read; with one, none.
        Value none = graph.Constant([0]), all = graph.Constant([long.MaxValue]);
        Value FirstOf(Value x, long axis, Value end) =>
            graph.Node("Slice", [x, none, end, graph.Constant([axis])]);
        Value kept = graph.Where(cached, all, none);
        foreach ((string name, Value value) in names.Zip(past))
        {
            _past.Add(name, FirstOf(value, 2, kept));
        }

        Encoded = FirstOf(states, 1, graph.Where(cached, none, all));
        _cachedPositions = Places().Newest;
    }

    /// <summary>The states of the encoder, [B, S, H], of which there are none where their keys and values are given;
    /// null unless this is the decoder beside one.</summary>
    public Value? Encoded { get; }

    /// <summary>
    /// Inputs as those of optimum's merged decoders: the encoder's mask and states beside the newest ids [B, U] of the
    /// decoder, keys and values of earlier tokens, and whether there are any. Rows begin and end together, so that none
    /// of their tokens needs to be hidden from those behind it; shorter ones may be filled up behind their tokens.
    /// </summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="shape">Of the decoder's layers.</param>
    /// <param name="layers">How many those are.</param>
    /// <param name="weights">The values of a parameter, row-major.</param>
    public static PaddedModelBuilder OfDecoder(
        GraphBuilder graph, ModelShape shape, int layers, Func<ParameterSpec, float[]> weights) =>
        new(graph, shape, layers, weights);

    public override Value CrossAttention(QueryKeyValue layers, ModelShape shape, float p, Value x, Value encoded)
    {
        Value Made(LinearName name, Value from) =>
            ToHeads(Linear(name, shape.Width, shape.AttentionWidth, from), shape.Heads, shape);
        (Value k, Value v) = (Made(layers.Key, encoded), Made(layers.Value, encoded));
        if (_hasCache)
        {
            k = WithPast(k, PaddedInputs.EncoderPart + PaddedInputs.Key, shape);
            v = WithPast(v, PaddedInputs.EncoderPart + PaddedInputs.Value, shape);
        }

        Value scores = Graph.Mul(
            Graph.MatMul(Made(layers.Query, x), Graph.Transpose(k, 0, 1, 3, 2)), Graph.Constant(ScoreScale(shape)));
        Value bias = Once("encoder_padding", () => PaddingBias(_encoderMask!));
        return Merged(Graph.Add(scores, bias), v, shape, x);
    }

    /// <summary>The length of the axis of tokens of what is kept of earlier ones.</summary>
    private Value LengthOfPast() => Graph.Gather(
        Graph.ShapeOf(_past[PaddedInputs.Past(0, PaddedInputs.DecoderPart + PaddedInputs.Key)]), Graph.Constant(2L));
}
