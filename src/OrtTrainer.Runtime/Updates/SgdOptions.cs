using OrtTrainer.Common;

namespace OrtTrainer.Runtime.Updates;

/// <summary>Constants of stochastic gradient descent; the learning rate is given step by step.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>Share of the velocity kept, in [0, 1); 0 keeps no state.</summary>
    public double Momentum { get; init => field = OptionRange.Below(value, 0, 1); }

    /// <summary>Looks ahead along the velocity (Nesterov, in Sutskever's form as PyTorch has it).</summary>
    public bool Nesterov { get; init; }

    /// <summary>L2 penalty added to the gradient of segments that have weight decay, 0 or more.</summary>
    public double WeightDecay { get; init => field = OptionRange.AtLeast(value, 0.0); }

    /// <inheritdoc/>
    public override Optimizer Create(WeightUpdates updates, WeightLayout layout) =>
        updates.CreateSgd(layout, this);
}
