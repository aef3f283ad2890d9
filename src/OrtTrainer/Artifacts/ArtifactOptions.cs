using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Artifacts;

/// <summary>What the files of a device are made of.</summary>
internal sealed record ArtifactOptions
{
    /// <summary>The encoder.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>What is learned.</summary>
    public required ModelTask Task { get; init; }

    /// <summary>A name per output, in their order.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Where each parameter lies in <see cref="Weights"/>.</summary>
    public required ParameterLayout Layout { get; init; }

    /// <summary>The weights that the device starts from.</summary>
    public required WeightBuffer Weights { get; init; }

    /// <summary>What the loss is; of a method with another step or an average nothing can be made.</summary>
    public FineTuneMethod Method { get; init; } = FineTuneMethod.FineTune;

    /// <summary>Which parameters are trained.</summary>
    public TrainableParameters Trainable { get; init; } = new();

    /// <summary>How a step is taken.</summary>
    public ArtifactOptimizer Optimizer { get; init; } = new();

    /// <summary>Whether a training step is told what its loss is multiplied with.</summary>
    public bool ScalesLoss { get; init; }

    /// <summary>The state of the optimizer that the device goes on with, for the tensors that are trained; null for
    /// none.</summary>
    public Func<ParameterLayout, IReadOnlySet<string>, DeviceOptimizerState?>? OptimizerState { get; init; }

    /// <summary>What stands on the encoder.</summary>
    public ModelHead Head => Task.Head(Labels.Count);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
