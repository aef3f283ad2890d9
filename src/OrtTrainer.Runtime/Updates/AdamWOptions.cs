using OrtTrainer.Common;

namespace OrtTrainer.Runtime.Updates;

/// <summary>Constants of AdamW; the learning rate is given step by step.</summary>
public sealed record AdamWOptions : OptimizerOptions
{
    /// <summary>Decay of the first moment, in [0, 1).</summary>
    public double Beta1 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.9;

    /// <summary>Decay of the second moment, in [0, 1).</summary>
    public double Beta2 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.999;

    /// <summary>Added to the square root of the corrected second moment, as PyTorch does; above 0.</summary>
    public double Epsilon { get; init => field = OptionRange.Above(value, 0); } = 1e-8;

    /// <summary>Weight decay of segments that have it, 0 or more.</summary>
    public double WeightDecay { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.01;

    /// <summary>
    /// True: AdamW, decay acts on the weight. False: Adam with an L2 penalty, decay is added to the gradient.
    /// </summary>
    public bool DecoupledDecay { get; init; } = true;

    /// <inheritdoc/>
    public override Optimizer Create(WeightUpdates updates, WeightLayout layout) =>
        updates.CreateAdamW(layout, this);
}
