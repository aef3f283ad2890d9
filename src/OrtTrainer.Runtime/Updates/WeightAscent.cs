namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// The uphill move of sharpness-aware minimization: <c>w + rho T^2 g / (|T g| + 1e-12)</c>, with T = 1 (SAM, Foret et
/// al. 2021, equation 2) or, element by element, T = |w| + eta (ASAM, Kwon et al. 2021, equation 6). The weights
/// before are copied, not subtracted back, so that the way down ends in the bits it began with.
/// </summary>
public abstract class WeightAscent : IDisposable
{
    /// <summary>Moves the weights uphill and remembers where they were.</summary>
    /// <param name="weights">The weights, moved in place.</param>
    /// <param name="gradients">Their gradients; only read.</param>
    /// <exception cref="ArgumentException">A length differs from the layout's.</exception>
    public abstract void Climb(WeightBuffer weights, WeightBuffer gradients);

    /// <summary>Puts the weights back where <see cref="Climb"/> found them.</summary>
    public abstract void Return(WeightBuffer weights);

    /// <inheritdoc/>
    public abstract void Dispose();
}
