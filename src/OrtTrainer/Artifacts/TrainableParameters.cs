using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Artifacts;

/// <summary>Which parameters of a model a device trains; all by default.</summary>
internal sealed record TrainableParameters
{
    /// <summary>How many layers from the top are trained beside the head, 0 or more; null for the whole
    /// model.</summary>
    public int? Layers { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 0) : null; }

    /// <summary>Names of parameters that stay as they are, as <see cref="NamedParameters"/> takes them.</summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>Chooses among the tensors of a model.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="tensors">Its tensors, each with a parameter that it holds.</param>
    /// <returns>The names of those that are trained; statistics never are.</returns>
    /// <exception cref="RunException">A pattern fits no name, there are not as many layers, or nothing is
    /// left.</exception>
    public IReadOnlySet<string> Of(
        Architecture architecture, IReadOnlyList<(string Name, ParameterSpec Parameter)> tensors)
    {
        NamedParameters frozen = new(architecture, Frozen);
        frozen.RequireAmong([.. tensors.Select(t => t.Name)]);
        int layers = architecture.Shape.Layers;
        if (Layers > layers)
        {
            throw new RunException(
                $"{architecture.Config.Path}: the model has {layers} layers; {Layers} of them cannot be trained.");
        }

        if (Layers > 0 && Layers < layers && architecture.SharesLayers)
        {
            throw new RunException($"{architecture.Config.Path}: all layers of a model of type " +
                $"'{architecture.ModelType}' are one; expected 0 or all {layers} of them to be trained.");
        }

        HashSet<string> trained =
        [
            .. tensors.Where(t => !t.Parameter.IsStatistic && IsNear(t.Parameter.Place, layers)
                && !frozen.Has(t.Name)).Select(t => t.Name),
        ];
        return trained.Count > 0 ? trained : throw new RunException(
            $"{architecture.Config.Path}: all parameters of the model would be frozen. Leave some of them out.");
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    private bool IsNear(ParameterPlace place, int layers) =>
        Layers is not { } trained || trained == layers || place.LevelsBelowHead(layers) <= trained;
}
