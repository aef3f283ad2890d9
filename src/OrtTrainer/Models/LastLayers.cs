using OrtTrainer.Common;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>The last layers of a model and its head are trained; what is below stays as it is.</summary>
internal sealed record LastLayers : ITrainingPlan
{
    private readonly int _frozen;

    private LastLayers(int frozen) => _frozen = frozen;

    /// <inheritdoc/>
    public LowRankAdapters? Adapters => null;

    /// <inheritdoc/>
    public int? FrozenLayers => _frozen;

    /// <summary>The plan for a model.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="count">How many layers are trained, from 0, the head alone, to those that there are.</param>
    /// <exception cref="RunException">The model has fewer layers, one that runs many times, or two stacks of
    /// them.</exception>
    public static LastLayers Of(Architecture architecture, int count)
    {
        string file = architecture.Config.Path;
        int layers = architecture.Shape.Layers;
        string? why = architecture.SharesLayers ? "runs one layer many times, of which none is the last"
            : architecture.Shape.DecoderLayers > 0 ? "has an encoder's layers and a decoder's"
            : null;
        return why is not null
            ? throw new RunException(
                $"{file}: model_type is '{architecture.ModelType}', which {why}; its last layers cannot be trained "
                + "alone. Train the whole model, or take another one.")
            : count >= 0 && count <= layers
                ? new(layers - count)
                : throw new RunException(
                    $"{file}: the last {count} layers are to be trained; expected a number from 0 to {layers}, the "
                    + "layers that the model has.");
    }

    /// <inheritdoc/>
    public bool Trains(ParameterView view, PackedModelBuilder m) =>
        view.Parts.All(part => !part.IsStatistic && !m.IsFrozen(part.Place));
}
