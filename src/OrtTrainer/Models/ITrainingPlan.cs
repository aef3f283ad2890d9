using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>What is trained of a model: gradients are made of that alone.</summary>
internal interface ITrainingPlan
{
    /// <summary>What stands beside linear layers; null for nothing.</summary>
    LowRankAdapters? Adapters { get; }

    /// <summary>How many layers, the first ones, stay as they are together with the embeddings: they run forward
    /// alone and without dropout, so that they make the same of a text every time. Null where there is no such
    /// part.</summary>
    int? FrozenLayers { get; }

    /// <summary>The names of parameters that stay as they are wherever they belong; null for none. What is frozen lies
    /// apart in the graph from what it would be stacked with.</summary>
    IReadOnlySet<string>? FrozenNames => null;

    /// <summary>Whether a parameter of a model that was built by this plan is trained.</summary>
    bool Trains(ParameterView view, PackedModelBuilder m);
}
