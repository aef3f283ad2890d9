using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="StepRule.Sam"/> (Foret et al. 2021): the gradient at <c>w + rho g / |g|</c>, with the batch
/// and the dropout of g. A step costs two.
/// </summary>
public sealed record SamOptions
{
    /// <summary>How far uphill, above 0.</summary>
    public double Rho { get; init => field = OptionRange.Above(value, 0); } = 0.05;
}
