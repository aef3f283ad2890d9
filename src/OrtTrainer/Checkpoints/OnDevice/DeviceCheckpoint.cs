using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>
/// What a checkpoint of ONNX Runtime's on-device training holds: parameters, the state of an optimizer, and properties.
/// </summary>
internal sealed record DeviceCheckpoint
{
    /// <summary>The parameters that are trained, float32; their names end in none of the endings that the runtime keeps
    /// for gradients.</summary>
    public required IReadOnlyList<TensorData> Trainable { get; init; }

    /// <summary>The parameters that stay as they are.</summary>
    public IReadOnlyList<TensorData> Frozen { get; init; } = [];

    /// <summary>Whether there are names and types alone, whose values the runtime is given later.</summary>
    public bool IsNominal { get; init; }

    /// <summary>The state of the optimizer; null before the first step.</summary>
    public DeviceOptimizerState? Optimizer { get; init; }

    /// <summary>Keys with values of type long, float or string.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; init; } = new Dictionary<string, object>();

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
