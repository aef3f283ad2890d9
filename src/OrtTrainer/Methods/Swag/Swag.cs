using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Methods;

/// <summary>
/// SWAG in its diagonal form (Maddox et al. 2019): SWA with the variance of every weight, from which weights are drawn
/// for a Bayesian model average at the end.
/// </summary>
public sealed record Swag : HighRateAverage
{
    /// <summary>Weights drawn at the end, 1 or more.</summary>
    [Setting("samples", "weights drawn in the end")]
    public int Samples { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 10;

    /// <summary>
    /// What the variance is multiplied with where weights are drawn, 0 or more: <c>w ~ N(mean, scale variance)</c>. The
    /// paper's SWAG halves its two covariances; its diagonal form alone, at full strength, is 1.
    /// </summary>
    [Setting("scale", "what variances are multiplied with to draw them")]
    public double Scale { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.5;

    internal override string Word => "swag";

    internal override AveragingScheme Averaging =>
        new((device, layout) => new WeightMoments(device, layout)) { Start = Start, Interval = Interval };

    internal override string AveragingText => base.AveragingText
        + FormattableString.Invariant($", {Samples} draws of N(mean, {Scale} variance)");

    internal override void Require(RunTraits run)
    {
        base.Require(run);
        if (!run.Task.HasPredictionMean)
        {
            throw new ArgumentException($"{nameof(run.Method)} {run.Method} averages the predictions of several " +
                $"models, which have no mean for {run.Task}. Take swa.");
        }
    }

    internal override WeightDraws? Draw(TrainingState state, long seed) =>
        state.Average is WeightMoments { State.Count: > 0 } moments
            ? new WeightDraws(state.Layout, moments, Samples, Scale, seed)
            : null;
}
