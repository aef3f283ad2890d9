using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// Lookahead (Zhang et al. 2019, algorithm 1): at every update the slow weights move part of the way to the live ones,
/// and the live ones go on from there. The slow weights are the average: the paper evaluates them.
/// </summary>
internal sealed class SlowWeights : AveragedWeights
{
    private readonly long _period;
    private readonly double _share;

    /// <summary>Slow weights that are zero until <see cref="Start"/>.</summary>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="layout">The layout of live and slow weights.</param>
    /// <param name="period">Steps between two synchronizations (k in the paper), 1 or more.</param>
    /// <param name="share">How far the slow weights move (alpha in the paper), in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public SlowWeights(Device device, WeightLayout layout, long period, double share)
        : base(device, layout)
    {
        _period = OptionRange.AtLeast(period, 1, nameof(period));
        _share = OptionRange.Above(OptionRange.Between(share, 0, 1, nameof(share)), 0, nameof(share));
    }

    /// <inheritdoc/>
    public override string Formula => FormattableString.Invariant(
        $"average += {_share} (weights - average), weights = average, every {_period} steps");

    /// <summary>The slow weights begin where the live ones do.</summary>
    public override void Start(WeightBuffer weights) => Buffer.CopyFrom(weights);

    /// <inheritdoc/>
    protected override void Take(WeightBuffer weights)
    {
        Buffer.Device.Arithmetic.Blend(weights, Buffer, (float)_share);
        weights.CopyFrom(Buffer);
    }
}
