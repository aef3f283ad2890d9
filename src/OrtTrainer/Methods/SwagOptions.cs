using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="AveragingKind.Swag"/> in its diagonal form (Maddox et al. 2019). Which steps are averaged and
/// what the rate does is as for SWA.
/// </summary>
public sealed record SwagOptions
{
    /// <summary>Weights drawn for the Bayesian model average at the end, 1 or more.</summary>
    public int Samples { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 10;

    /// <summary>
    /// What the variance is multiplied with where weights are drawn, 0 or more: <c>w ~ N(mean, scale variance)</c>. The
    /// paper's SWAG halves its two covariances; its diagonal form alone, at full strength, is 1.
    /// </summary>
    public double Scale { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.5;
}
