using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>The state of the optimizer that trains all parameters of a device, which the runtime calls
/// group0.</summary>
/// <param name="Step">Optimizer steps done, 0 or more.</param>
/// <param name="InitialLearningRate">What the file says; the runtime does not take it up when it loads.</param>
/// <param name="Moments">By parameter, its moments in their order, each of the parameter's shape: of AdamW two, of SGD
/// one; none at all for zeros.</param>
internal sealed record DeviceOptimizerState(
    long Step, float InitialLearningRate, IReadOnlyDictionary<string, IReadOnlyList<TensorData>> Moments)
{
    /// <summary>What the runtime calls the group.</summary>
    public const string GroupName = "group0";

    /// <summary>What it calls a moment, counted from 0.</summary>
    public static string MomentName(int index) => FormattableString.Invariant($"momentum{index}");

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
