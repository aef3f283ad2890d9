using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>Attention of the newest tokens of texts to all so far, whose keys and values a cache keeps.</content>
internal sealed partial class PackedModelBuilder
{
    private readonly List<(string Name, Value Value)> _updatedCache = [];
    private Value? _cachedTokens;

    /// <summary>Whether the tokens are the newest of texts whose earlier tokens are in a cache.</summary>
    public bool HasCache { get; init; }

    /// <summary>Keys and values of all tokens, by the names of their outputs; none without a cache.</summary>
    public IReadOnlyList<(string Name, Value Value)> UpdatedCache => _updatedCache;

    private Value AttendToCache(Value qkv, ModelShape shape, AttentionMask mask, TokenDistances distances)
    {
        if (mask != AttentionMask.Causal || distances.Bias is not null)
        {
            throw new InvalidOperationException("A cache is for causal attention without biases by distance.");
        }

        int layer = Place.LayerIndex!.Value;
        TensorType type = new(
            ElementType.Float, new Shape("batch", "room", shape.KeyValueHeads, shape.HeadWidth));
        (string keysName, string valuesName) = (PackedInputs.CachedKeys(layer), PackedInputs.CachedValues(layer));
        (Value keys, Value values) = (Graph.Input(keysName, type), Graph.Input(valuesName, type));
        _cachedTokens ??= Graph.Input(PackedInputs.CachedTokens, TensorType.Int64("batch"));
        (Value y, Value allKeys, Value allValues) = Graph.CachedAttention(
            qkv, Offsets, _cachedTokens, (keys, values), shape.Heads, ScoreScale(shape), distances.Window);
        _updatedCache.Add((PackedInputs.UpdatedCache(keysName), allKeys));
        _updatedCache.Add((PackedInputs.UpdatedCache(valuesName), allValues));
        return y;
    }
}
