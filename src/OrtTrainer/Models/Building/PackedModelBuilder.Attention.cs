using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>Attention over packed sequences.</content>
internal sealed partial class PackedModelBuilder
{
    private readonly Dictionary<RelativeBias, Value> _relative = [];

    public override Value DisentangledAttention(
        QueryKeyValue layers, (LinearName Query, LinearName Key) relativeLayers, ModelShape shape, float p, Value x,
        Value relative, RelativeDistances distances)
    {
        NoteAttention(layers);
        (Value weight, Value? bias) = Stacked($"{layers.Query.Text}+key+value", layers.All, shape);
        (Value relativeWeight, Value? relativeBias) = relativeLayers == (layers.Query, layers.Key)
            ? (Graph.Slice(weight, 0, 0, 2L * shape.Width),
                bias is null ? null : Graph.Slice(bias, 0, 0, 2L * shape.Width))
            : Stacked($"{relativeLayers.Query.Text}+key", [relativeLayers.Query, relativeLayers.Key], shape);
        return Graph.DisentangledAttention(
            WithAdapters(layers.All, [shape.Width, shape.Width, shape.Width], shape.Width, x, Made(x, weight, bias)),
            WithAdapters(
                [relativeLayers.Query, relativeLayers.Key], [shape.Width, shape.Width], shape.Width, relative,
                Made(relative, relativeWeight, relativeBias)),
            RowsOf(distances), Offsets,
            shape.Heads, ScoreScale(shape, products: 3), _dropoutKey, Probability(p), _sites++);
    }

    public override Value SelfAttention(
        QueryKeyValue layers, ModelShape shape, AttentionMask mask, float p, Value x, TokenDistances? distances = null)
    {
        distances ??= new();
        NoteAttention(layers);
        (Value weight, Value? shift) = Stacked($"{layers.Query.Text}+key+value", layers.All, shape);
        if (ReadsFirstTokens && mask == AttentionMask.Bidirectional && !shape.SharesKeys
            && distances is { Bias: null, Window: null }
            && !(layers.Query.Stack is not null && IsAdapted(layers.Query)))
        {
            return AttendFromFirst(layers, weight, shift, shape, p, x, distances);
        }

        Value qkv = WithAdapters(layers.All, OutputsOf(layers.All, shape), shape.Width, x, Made(x, weight, shift));
        if (distances.RotaryBase is not null)
        {
            qkv = Graph.Rotary(qkv, PositionIds(0), Frequencies(distances, shape), shape.Heads + shape.KeyValueHeads);
        }

        if (HasCache)
        {
            return AttendToCache(qkv, shape, mask, distances);
        }

        if (shape.SharesKeys)
        {
            return Graph.PackedSharedAttention(
                qkv, Offsets, (shape.Heads, shape.KeyValueHeads), ScoreScale(shape), mask, _dropoutKey, Probability(p),
                _sites++, distances.Window, _precision);
        }

        return Graph.PackedAttention(
            qkv, Offsets, shape.Heads, ScoreScale(shape), mask, _dropoutKey, Probability(p), _sites++,
            distances.Bias is { } bias ? Relative(bias, shape) : null, distances.Window, _precision);
    }

    public override Value CrossAttention(
        QueryKeyValue layers, ModelShape shape, float p, Value x, Value encoded)
    {
        NoteAttention(layers);
        LinearName[] keyValue = [layers.Key, layers.Value];
        long[] outputs = [shape.AttentionWidth, shape.AttentionWidth];
        (Value weight, Value? shift) = Stacked($"{layers.Key.Text}+value", keyValue, outputs, shape.Width);
        return Graph.PackedCrossAttention(
            Linear(layers.Query, shape.Width, shape.AttentionWidth, x),
            WithAdapters(keyValue, outputs, shape.Width, encoded, Made(encoded, weight, shift)), Offsets,
            _encoder.Offsets, shape.Heads, ScoreScale(shape), _dropoutKey, Probability(p), _sites++);
    }

    /// <summary>
    /// Attention of the first token of each sequence to all of its tokens, [B, H]: keys and values are made of all, but
    /// queries of no others.
    /// </summary>
    private Value AttendFromFirst(
        QueryKeyValue layers, Value weight, Value? shift, ModelShape shape, float p, Value x, TokenDistances distances)
    {
        (Value queryWeight, Value keyValueWeight) = QueryAndRest(weight);
        (Value? queryShift, Value? keyValueShift) = shift is null ? default : QueryAndRest(shift);
        Value first = FirstToken(x);
        Value q = WithAdapters(
            [layers.Query], [shape.Width], shape.Width, first, Made(first, queryWeight, queryShift));
        Value kv = WithAdapters(
            [layers.Key, layers.Value], [shape.Width, shape.Width], shape.Width, x,
            Made(x, keyValueWeight, keyValueShift));
        if (distances.RotaryBase is not null)
        {
            // Queries stay as they are: the angles of position 0 are 0.
            kv = Graph.Rotary(kv, PositionIds(0), Frequencies(distances, shape), shape.Heads);
        }

        Value bounds = Graph.Node(
            "Range", [Graph.Constant(0L), Graph.Node("Size", [Offsets]), Graph.Constant(1L)]);
        return Graph.PackedCrossAttention(
            q, kv, Graph.WithShape(bounds, Offsets.Shape), Offsets, shape.Heads, ScoreScale(shape), _dropoutKey,
            Probability(p), _sites++);

        // Cut in the graph, so that parameters lie the same whatever a head reads.
        (Value, Value) QueryAndRest(Value stack)
        {
            IReadOnlyList<Value> parts = Graph.NodeOutputs(
                "", "Split", [stack, Graph.Constant([shape.Width, 2L * shape.Width])],
                AttributeList.Empty.With("axis", 0));
            return (parts[0], parts[1]);
        }
    }

    /// <summary>A bias by distance, [D, heads], once for all that use it.</summary>
    private Value Relative(RelativeBias bias, ModelShape shape)
    {
        if (!_relative.TryGetValue(bias, out Value? value))
        {
            value = Graph.Gather(Parameter(Table(bias, shape)), Graph.Constant(bias.Rows));
            _relative.Add(bias, value);
        }

        return value;
    }
}
