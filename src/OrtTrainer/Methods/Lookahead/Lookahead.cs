using OrtTrainer.Common;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Methods;

/// <summary>
/// Lookahead (Zhang et al. 2019): slow weights follow the live ones, which go on from there. The slow weights are the
/// run's average.
/// </summary>
public sealed record Lookahead : StepMethod
{
    /// <summary>Steps between two synchronizations (k in the paper), 1 or more.</summary>
    [Setting("period", "steps from one move of the slow weights to the next")]
    public long Period { get; init => field = OptionRange.AtLeast(value, 1); } = 5;

    /// <summary>How far the slow weights move (alpha in the paper), in (0, 1].</summary>
    [Setting("share", "how far the slow weights move towards the live ones")]
    public double Share
    {
        get;
        init => field = OptionRange.Above(OptionRange.Between(value, 0, 1), 0);
    } = 0.5;

    internal override string Word => "lookahead";

    internal override AveragingScheme Averaging =>
        new((device, layout) => new SlowWeights(device, layout, Period, Share)) { Interval = Period };

    internal override string StepText => FormattableString.Invariant(
        $"slow weights go {Share} of the way every {Period} steps; shown as the average");

    internal override void Require(RunTraits run)
    {
        if (run.Method.Average is not null)
        {
            throw new ArgumentException($"{nameof(run.Method)} {run.Method}: Lookahead's slow weights are an average " +
                "already, which the run evaluates and exports beside the live ones; a second would mix weights from " +
                "before and after it set them back. Leave one of the two out.");
        }
    }
}
