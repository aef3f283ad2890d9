using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>Settings of <see cref="StepRule.Lookahead"/> (Zhang et al. 2019).</summary>
public sealed record LookaheadOptions
{
    /// <summary>Steps between two synchronisations (k in the paper), 1 or more.</summary>
    public long Period { get; init => field = OptionRange.AtLeast(value, 1); } = 5;

    /// <summary>How far the slow weights move (alpha in the paper), in (0, 1].</summary>
    public double Share
    {
        get;
        init => field = OptionRange.Above(OptionRange.Between(value, 0, 1), 0);
    } = 0.5;
}
