using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>Layers that stay as they are, and what they give.</content>
internal sealed partial class PackedModelBuilder
{
    /// <summary>How many layers, the first ones, have no dropout, as the embeddings below them; null for none, the
    /// embeddings included.</summary>
    public int? FrozenLayers { get; init; }

    /// <summary>The names of parameters that stay as they are wherever they belong; null for none.</summary>
    public IReadOnlySet<string>? FrozenNames { get; init; }

    /// <summary>Whether <see cref="PackedInputs.FrozenStates"/> stand for what those layers give.</summary>
    public bool StartsAtStates { get; init; }

    /// <summary>What those layers give, [T, H]; null as long as they are not built.</summary>
    public Value? FrozenStates { get; private set; }

    /// <inheritdoc/>
    public override Value LayerInput(int layer, Value x)
    {
        if (layer != FrozenLayers)
        {
            return x;
        }

        FrozenStates = x;
        return StartsAtStates ? Graph.Input(PackedInputs.FrozenStates, x.Type) : x;
    }

    /// <inheritdoc/>
    public override bool IsFrozen(ParameterPlace place) =>
        FrozenLayers is { } layers && (place.LayerIndex is { } layer ? layer < layers : !place.IsHead);

    /// <summary>Whether the weights of layers stay as they are by their names.</summary>
    private bool AreFrozen(params IEnumerable<LinearName> layers) =>
        FrozenNames is { } names && layers.All(layer => names.Contains(layer.Text + ".weight"));

    /// <summary>Whether some parts of a view stay as they are by their names, and others do not.</summary>
    private bool IsMixed(ParameterView view) =>
        FrozenNames is { } names && view.Parts.Select(part => names.Contains(part.Name)).Distinct().Count() > 1;
}
