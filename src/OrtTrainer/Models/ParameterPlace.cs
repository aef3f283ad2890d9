using System.Globalization;

namespace OrtTrainer.Models;

/// <summary>Which part of a model a parameter belongs to: the embeddings, a layer, or the head.</summary>
internal readonly record struct ParameterPlace
{
    // 0 is the head, so that what no architecture places counts as new.
    private readonly int _level;

    private ParameterPlace(int level) => _level = level;

    /// <summary>What stands above the last layer, the pooler included.</summary>
    public static ParameterPlace Head => default;

    /// <summary>What turns ids into vectors, its norm included.</summary>
    public static ParameterPlace Embeddings => new(-1);

    public bool IsHead => _level == 0;

    /// <summary>The number of the layer from 0, the lowest; null outside of layers.</summary>
    public int? LayerIndex => _level > 0 ? _level - 1 : null;

    /// <summary>A layer, counted from 0.</summary>
    public static ParameterPlace Layer(int index) => new(index + 1);

    /// <summary>0 for the head, 1 for the last of so many layers, and one more than those for the embeddings.</summary>
    public int LevelsBelowHead(int layers) => LayerIndex is { } layer ? layers - layer : IsHead ? 0 : layers + 1;

    public override string ToString() => LayerIndex is { } layer
        ? string.Create(CultureInfo.InvariantCulture, $"layer {layer}")
        : IsHead ? "head" : "embeddings";
}
