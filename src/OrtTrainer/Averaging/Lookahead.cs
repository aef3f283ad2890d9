using OrtTrainer.Methods;
using OrtTrainer.Optimization;

namespace OrtTrainer.Averaging;

/// <summary>
/// Lookahead (Zhang et al. 2019, algorithm 1): at every update the slow weights move part of the way to the live ones,
/// and the live ones go on from there. The slow weights are the average: the paper evaluates them.
/// </summary>
public sealed class Lookahead : AveragedWeights
{
    private readonly LookaheadOptions _options;

    /// <summary>Slow weights that are zero until <see cref="Start"/>.</summary>
    public Lookahead(FlatParameters layout, LookaheadOptions options)
        : base(layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <inheritdoc/>
    public override string Formula => FormattableString.Invariant(
        $"average += {_options.Share} (weights - average), weights = average, every {_options.Period} steps");

    /// <summary>The slow weights begin where the live ones do.</summary>
    public override void Start(ReadOnlySpan<float> weights) => weights.CopyTo(Values);

    /// <inheritdoc/>
    protected override void Take(Span<float> weights)
    {
        WeightBlend.Towards(weights, Values, (float)_options.Share);
        Values.CopyTo(weights);
    }
}
