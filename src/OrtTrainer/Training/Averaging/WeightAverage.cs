using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>A running average of all trainable weights, in float32 beside the live ones.</summary>
internal sealed class WeightAverage : AveragedWeights
{
    private readonly AveragingRule _rule;

    /// <summary>Allocates the average; it holds nothing of use until the first update.</summary>
    public WeightAverage(Device device, WeightLayout layout, AveragingRule rule)
        : base(device, layout)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
    }

    /// <inheritdoc/>
    public override double? FusedShare => _rule.ShareAt(State.Count);

    /// <inheritdoc/>
    public override string Formula => _rule.Formula;

    /// <summary>The same bits as the optimizer's fused pass gives.</summary>
    protected override void Take(WeightBuffer weights) => _rule.Blend(weights, Buffer, State.Count);
}
