using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="StepRule.Asam"/> (Kwon et al. 2021): the gradient at <c>w + rho T^2 g / |T g|</c> with T =
/// |w| + eta, element by element. T is the same for all parameters, biases and norms included; the authors' code
/// takes 1 for biases. A step costs two.
/// </summary>
public sealed record AsamOptions
{
    /// <summary>How far uphill, in units of the weights' own size, above 0.</summary>
    public double Rho { get; init => field = OptionRange.Above(value, 0); } = 0.5;

    /// <summary>What weights near zero count as, 0 or more.</summary>
    public double Eta { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.01;
}
