using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// Makes the objects that change weights in a run, all on one device and on the threads of this object. Results do not
/// depend on the number of threads. Dispose it after all that it made.
/// </summary>
public abstract class WeightUpdates : IDisposable
{
    /// <summary>Where the weights lie.</summary>
    public abstract Device Device { get; }

    /// <summary>What <see cref="GradientNorm"/> reads, and what an optimizer with <see
    /// cref="Optimizer.UpdatesShare"/> updates.</summary>
    public virtual UpdateShare Share => UpdateShare.Whole;

    /// <summary>The norm of all gradients.</summary>
    public abstract GradientNorm CreateNorm(WeightLayout layout);

    /// <summary>AdamW with its moments, zero.</summary>
    public abstract Optimizer CreateAdamW(WeightLayout layout, AdamWOptions options);

    /// <summary>Stochastic gradient descent with its velocity, zero, where there is momentum.</summary>
    /// <exception cref="ArgumentException">Nesterov without momentum.</exception>
    public abstract Optimizer CreateSgd(WeightLayout layout, SgdOptions options);

    /// <summary>Adafactor with its moments, zero.</summary>
    public abstract Optimizer CreateAdafactor(WeightLayout layout, AdafactorOptions options);

    /// <summary>The uphill move of SAM, and of ASAM where <paramref name="eta"/> is given.</summary>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="rho">How far to move, above 0.</param>
    /// <param name="eta">Null for SAM; for ASAM what weights near zero count as, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public abstract WeightAscent CreateAscent(WeightLayout layout, double rho, double? eta);

    /// <summary>Mixout towards the present values.</summary>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="first">The values to mix with; copied.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="isMixed">Which segments are mixed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public abstract WeightMix CreateMix(
        WeightLayout layout, WeightBuffer first, double probability, Predicate<WeightSegment> isMixed);

    /// <inheritdoc/>
    public abstract void Dispose();
}
