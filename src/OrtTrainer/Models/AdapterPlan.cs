using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>What is trained of a model whose other weights stay as they are.</summary>
/// <param name="Adapters">The adapters, all of which are trained.</param>
/// <param name="Whole">The names of the parameters that are trained themselves, such as those of a new head.</param>
internal sealed record AdapterPlan(LowRankAdapters Adapters, IReadOnlySet<string> Whole) : ITrainingPlan
{
    /// <inheritdoc/>
    public int? FrozenLayers { get; init; }

    /// <summary>Whether a parameter of a model that was built with the adapters is trained.</summary>
    public bool Trains(ParameterView view, PackedModelBuilder m) => view.Parts.All(part =>
        Whole.Contains(part.Name) || m.AdaptedLayers.Any(layer => layer.Has(part)));
}
