using OrtTrainer.Common;

namespace OrtTrainer.Runtime.Updates;

/// <summary>Constants of Adafactor in PyTorch's form; the learning rate is given step by step.</summary>
public sealed record AdafactorOptions : OptimizerOptions
{
    /// <summary>Exponent c of the second moment's decay <c>1 - step^c</c>, at most 0.</summary>
    public double Beta2Decay { get; init => field = OptionRange.Between(value, -1, 0); } = -0.8;

    /// <summary>
    /// Its square is the least second moment, above 0; PyTorch's default is the type's machine epsilon.
    /// </summary>
    public double Epsilon1 { get; init => field = OptionRange.Above(value, 0); } = 1.1920928955078125e-7;

    /// <summary>The least root mean square of a tensor in the step size relative to it, above 0.</summary>
    public double Epsilon2 { get; init => field = OptionRange.Above(value, 0); } = 1e-3;

    /// <summary>The largest root mean square of an update before it is multiplied by the rate, above 0.</summary>
    public double UpdateClipping { get; init => field = OptionRange.Above(value, 0); } = 1;

    /// <summary>Decoupled weight decay of segments that have it, 0 or more.</summary>
    public double WeightDecay { get; init => field = OptionRange.AtLeast(value, 0.0); }

    /// <inheritdoc/>
    public override Optimizer Create(WeightUpdates updates, WeightLayout layout) =>
        updates.CreateAdafactor(layout, this);
}
