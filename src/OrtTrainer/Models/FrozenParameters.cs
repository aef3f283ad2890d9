using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>Parameters that are named stay as they are; of the rest all are trained, or those of the last layers.
/// </summary>
internal sealed record FrozenParameters : ITrainingPlan
{
    private readonly LastLayers? _last;

    private FrozenParameters(IReadOnlySet<string> names, LastLayers? last) => (FrozenNames, _last) = (names, last);

    /// <inheritdoc/>
    public LowRankAdapters? Adapters => null;

    /// <inheritdoc/>
    public int? FrozenLayers => _last?.FrozenLayers;

    /// <inheritdoc/>
    public IReadOnlySet<string> FrozenNames { get; }

    /// <summary>The plan for a model.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="patterns">Names, as <see cref="NamedParameters"/> takes them.</param>
    /// <param name="last">The layers that are trained; null for all, the embeddings included.</param>
    /// <param name="keepsStatistics">Whether statistics of batch normalization stay as they are; otherwise they are
    /// made anew for the weights.</param>
    /// <exception cref="RunException">A pattern fits no name, or statistics that do not stay, or nothing is left to
    /// train.</exception>
    public static FrozenParameters Of(
        Architecture architecture, ModelHead head, IReadOnlyList<string> patterns, LastLayers? last,
        bool keepsStatistics)
    {
        NamedParameters named = new(architecture, patterns);
        ParameterSpec[] parameters = [.. Build(architecture, head).Views.SelectMany(view => view.Parts)];
        named.RequireAmong([.. parameters.Select(TensorOf).Distinct()]);
        ParameterSpec[] frozen = [.. parameters.Where(parameter => named.Has(TensorOf(parameter)))];
        if (!keepsStatistics && frozen.FirstOrDefault(parameter => parameter.IsStatistic) is { } moving)
        {
            throw new RunException(
                $"{architecture.Config.Path}: {TensorOf(moving)} is to stay as it is, and batch normalization makes "
                + "its statistics anew. Give --frozen-batch-norm, or leave it out of --freeze.");
        }

        FrozenParameters plan = new(frozen.Select(parameter => parameter.Name).ToHashSet(), last);
        PackedModelBuilder m = Build(architecture, head, plan);
        return m.Views.Any(view => plan.Trains(view, m)) ? plan : throw new RunException(
            $"{architecture.Config.Path}: all parameters of the model would be frozen. Leave some of them out of "
            + "--freeze.");
    }

    /// <inheritdoc/>
    public bool Trains(ParameterView view, PackedModelBuilder m) =>
        view.Parts.All(part => !part.IsStatistic && !FrozenNames.Contains(part.Name) && !m.IsFrozen(part.Place));

    private static string TensorOf(ParameterSpec parameter) => parameter.Storage.Tensor;

    private static PackedModelBuilder Build(Architecture architecture, ModelHead head, FrozenParameters? plan = null)
    {
        PackedModelBuilder m = new(new GraphBuilder("parameters"), training: false)
        {
            FrozenLayers = plan?.FrozenLayers, FrozenNames = plan?.FrozenNames,
        };
        _ = head.Build(m, architecture, architecture.Encode(m, head));
        return m;
    }
}
