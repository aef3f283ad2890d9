using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>Attention over rows with padding, and the cache of earlier tokens.</content>
internal sealed partial class PaddedModelBuilder
{
    private readonly Dictionary<(AttentionMask Mask, int? Window), Value> _attentionBias = [];
    private readonly Dictionary<RelativeBias, Value> _relative = [];

    public override Value DisentangledAttention(
        QueryKeyValue layers, (LinearName Query, LinearName Key) relativeLayers, ModelShape shape, float p, Value x,
        Value relative, RelativeDistances distances)
    {
        Value Made(LinearName name) => Linear(name, shape.Width, shape.Width, x);
        Value Split(Value made) => ToHeads(made, shape.Heads, shape);
        (Value queries, Value keys, Value values) = (Made(layers.Query), Made(layers.Key), Made(layers.Value));
        (Value q, Value k) = (Split(queries), Split(keys));

        // [heads, D, R].
        Value Relative(LinearName name) => Graph.Transpose(
            Graph.Reshape(Linear(name, shape.Width, shape.Width, relative), 0, shape.Heads, shape.HeadWidth), 1, 2, 0);
        Value index = Graph.Node("Expand", [DistanceRows(distances), Graph.Constant([1, shape.Heads, 1, 1])]);
        Value Picked(Value products, Value rows) =>
            Graph.Node("GatherElements", [products, rows], AttributeList.Empty.With("axis", 3));
        Value byQuery = Picked(Graph.MatMul(q, Relative(relativeLayers.Key)), index);
        Value byKey = Graph.Transpose(
            Picked(Graph.MatMul(k, Relative(relativeLayers.Query)), Graph.Transpose(index, 0, 1, 3, 2)), 0, 1, 3, 2);
        Value byDistance = Graph.Add(byQuery, byKey);
        float scale = ScoreScale(shape, products: 3);
        if (_isFused)
        {
            return Graph.MultiHeadAttention(
                queries, keys, values, KeyMask(), Graph.Mul(byDistance, Graph.Constant(scale)), shape.Heads, scale,
                Hidden, AttentionMask.Bidirectional);
        }

        Value content = Graph.MatMul(q, Graph.Transpose(k, 0, 1, 3, 2));
        Value scores = Graph.Mul(Graph.Add(content, byDistance), Graph.Constant(scale));
        return Merged(scores, AttentionMask.Bidirectional, window: null, Split(values), shape, x);
    }

    public override Value SelfAttention(
        QueryKeyValue layers, ModelShape shape, AttentionMask mask, float p, Value x, TokenDistances? distances = null)
    {
        distances ??= new();
        if (_isFused)
        {
            return FusedSelfAttention(layers, shape, mask, x, distances);
        }

        Value Made(LinearName name, int heads) =>
            ToHeads(Linear(name, shape.Width, (long)heads * shape.HeadWidth, x), heads, shape);
        Value q = Made(layers.Query, shape.Heads);
        Value k = Made(layers.Key, shape.KeyValueHeads), v = Made(layers.Value, shape.KeyValueHeads);
        if (distances.RotaryBase is not null)
        {
            (q, k) = (Turned(q, shape, distances), Turned(k, shape, distances));
        }

        if (_hasCache)
        {
            string part = _encoderMask is null ? "" : PaddedInputs.DecoderPart;
            (k, v) = (WithPast(k, part + PaddedInputs.Key, shape), WithPast(v, part + PaddedInputs.Value, shape));
        }

        if (shape.SharesKeys)
        {
            (k, v) = (Repeated(k, shape), Repeated(v, shape));
        }

        Value scale = Graph.Constant(ScoreScale(shape));
        Value scores = Graph.Mul(Graph.MatMul(q, Graph.Transpose(k, 0, 1, 3, 2)), scale);
        if (distances.Bias is { } bias)
        {
            scores = Graph.Add(scores, Relative(bias, shape));
        }

        return Merged(scores, mask, distances.Window, v, shape, x);
    }

    /// <summary>Keys or values of the layer that is being built, those of earlier tokens first.</summary>
    private Value WithPast(Value x, string part, ModelShape shape)
    {
        int layer = Place.LayerIndex!.Value - _firstLayer;
        if (!_past.TryGetValue(PaddedInputs.Past(layer, part), out Value? past))
        {
            past = Graph.Input(PaddedInputs.Past(layer, part), new TensorType(ElementType.Float, new Shape(
                "batch_size", shape.KeyValueHeads, "past_sequence_length", shape.HeadWidth)));
        }

        bool isOfEncoder = part.StartsWith(PaddedInputs.EncoderPart, StringComparison.Ordinal);
        Value all = Graph.WithShape(Graph.Concat(2, past, x), new Shape(
            x.Shape[0], shape.KeyValueHeads,
            isOfEncoder ? "encoder_sequence_length" : "total_sequence_length", shape.HeadWidth));

        // Those of the encoder are told once, when they are made.
        _cache.Add((PaddedInputs.Present(layer, part), isOfEncoder ? x : all));
        return all;
    }

    /// <summary>softmax(scores) v of the tokens that are seen, the heads side by side, in the shape of x.</summary>
    private Value Merged(Value scores, AttentionMask mask, int? window, Value v, ModelShape shape, Value x)
    {
        // All tokens of images see one another, and no row is padded.
        return Merged(_inputIds is null ? scores : Graph.Add(scores, AttentionBias(mask, window)), v, shape, x);
    }

    /// <summary>softmax(scores) v, the heads side by side, in the shape of x.</summary>
    private Value Merged(Value scores, Value v, ModelShape shape, Value x)
    {
        Value weights = Graph.Softmax(scores, -1);
        Value merged = Graph.Transpose(Graph.MatMul(weights, v), 0, 2, 1, 3);
        return Graph.WithShape(Graph.Reshape(merged, 0, 0, shape.AttentionWidth),
            new Shape(x.Shape[0], x.Shape[1], shape.AttentionWidth));
    }

    /// <summary>The row of relative positions of every query and key, [B, 1, S, S].</summary>
    private Value DistanceRows(RelativeDistances distances) => Once("distance_rows_of_tokens", () =>
    {
        Value position = PositionIds(0);
        Value place = Graph.Add(
            Graph.Sub(Graph.Unsqueeze(position, 1, 3), Graph.Unsqueeze(position, 1, 2)),
            Graph.Constant(distances.Rows.Count / 2L));
        place = Graph.Node("Min", [
            Graph.Node("Max", [place, Graph.Constant(0L)]), Graph.Constant(distances.Rows.Count - 1L)]);
        return Graph.Gather(RowsOf(distances), place);
    });

    private Value ToHeads(Value x, int heads, ModelShape model)
    {
        Shape shape = new(x.Shape[0], x.Shape[1], heads, model.HeadWidth);
        Value split = Graph.WithShape(Graph.Reshape(x, 0, 0, heads, model.HeadWidth), shape);
        return Graph.Transpose(split, 0, 2, 1, 3);
    }

    /// <summary>Keys or values [B, kept heads, S, D] for every head of queries.</summary>
    private Value Repeated(Value x, ModelShape shape)
    {
        Value all = Graph.Node("Expand", [
            Graph.Unsqueeze(x, 2), Graph.Constant([1, 1, shape.Heads / shape.KeyValueHeads, 1, 1])]);
        Value size = Graph.Concat(0, Graph.Constant([0, shape.Heads]), Graph.Slice(Graph.ShapeOf(x), 0, 2, 4));
        return Graph.WithShape(
            Graph.Node("Reshape", [all, size]), new Shape(x.Shape[0], shape.Heads, x.Shape[2], shape.HeadWidth));
    }

    /// <summary>Queries or keys [B, heads, S, D] turned by their positions.</summary>
    private Value Turned(Value x, ModelShape shape, TokenDistances distances)
    {
        Value frequencies = Frequencies(distances, shape);
        Value angle = Once(frequencies.Name + "_angles", () => Graph.Mul(
            Graph.Unsqueeze(Graph.Cast(PositionIds(0), ElementType.Float), 1, 3), frequencies));
        Value cos = Once(frequencies.Name + "_cos", () => Graph.Node("Cos", [angle]));
        Value sin = Once(frequencies.Name + "_sin", () => Graph.Node("Sin", [angle]));
        long half = shape.HeadWidth / 2;
        (Value a, Value b) = (Graph.Slice(x, 3, 0, half), Graph.Slice(x, 3, half, 2 * half));
        return Graph.Concat(3, Graph.Sub(Graph.Mul(a, cos), Graph.Mul(b, sin)),
            Graph.Add(Graph.Mul(b, cos), Graph.Mul(a, sin)));
    }

    /// <summary>
    /// 0 for tokens that are seen, <see cref="Hidden"/> for others, [B, 1, 1, S], or [B, 1, S, S] where each token sees
    /// others.
    /// </summary>
    private Value AttentionBias(AttentionMask mask, int? window)
    {
        if (!_attentionBias.TryGetValue((mask, window), out Value? bias))
        {
            Value hidden = Graph.Constant(Hidden);
            bias = _encoderMask is null ? PaddingBias(Mask) : Graph.Constant(0f);
            Value Query() => Graph.Unsqueeze(_hasCache ? Places().Newest : PositionIds(0), 1, 3);
            Value Key() => Graph.Unsqueeze(_hasCache ? Places().All : PositionIds(0), 1, 2);
            if (mask == AttentionMask.Causal)
            {
                bias = Graph.Where(Graph.Node("Less", [Query(), Key()]), hidden, bias);
            }

            if (window is { } most)
            {
                Value distance = Graph.Node("Abs", [Graph.Sub(Query(), Key())]);
                bias = Graph.Where(Graph.Node("Greater", [distance, Graph.Constant((long)most)]), hidden, bias);
            }

            _attentionBias.Add((mask, window), bias);
        }

        return bias;
    }

    /// <summary>0 for tokens, <see cref="Hidden"/> for padding, [B, 1, 1, S].</summary>
    private Value PaddingBias(Value mask) => Graph.Unsqueeze(
        Graph.Where(Graph.Cast(mask, ElementType.Bool), Graph.Constant(0f), Graph.Constant(Hidden)), 1, 2);

    /// <summary>
    /// The places of the newest tokens and of all tokens in their rows, padding counted, [1, S] and [1, P + S].
    /// </summary>
    private (Value Newest, Value All) Places()
    {
        Value total = Once("total_length", () =>
            _encoderMask is null ? Length(Mask) : Graph.Add(LengthOfPast(), Length(InputIds)));
        Value all = Once("all_places", () => Graph.Unsqueeze(
            Graph.Node("Range", [Graph.Constant(0L), total, Graph.Constant(1L)]), 0));
        Value newest = Once("newest_places", () => Graph.Unsqueeze(
            Graph.Node("Range", [Graph.Sub(total, Length(InputIds)), total, Graph.Constant(1L)]), 0));
        return (newest, all);
    }

    private Value Length(Value rows) => Graph.Gather(Graph.ShapeOf(rows), Graph.Constant(1L));

    /// <summary>A bias by distance, [1, heads, S, P + S], once for all that use it.</summary>
    private Value Relative(RelativeBias bias, ModelShape shape)
    {
        if (!_relative.TryGetValue(bias, out Value? value))
        {
            Value zero = Graph.Constant(0L), one = Graph.Constant(1L), furthest = Graph.Constant((long)bias.Furthest);
            Value Own() => Graph.Unsqueeze(Graph.Node("Range", [zero, Length(InputIds), one]), 0);
            (Value query, Value key) = _hasCache ? Places() : Own() is var own ? (own, own) : default;
            Value distance = Graph.Sub(key, Graph.Transpose(query, 1, 0));
            Value near = Graph.Node("Max", [distance, Graph.Constant(-(long)bias.Furthest)]);
            Value at = Graph.Add(Graph.Node("Min", [near, furthest]), furthest);
            Value picked = Graph.Gather(Stored(Table(bias, shape)), Graph.Gather(Graph.Constant(bias.Rows), at));
            value = Graph.Unsqueeze(Graph.Transpose(picked, 2, 0, 1), 0);
            _relative.Add(bias, value);
        }

        return value;
    }
}
