namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// Mixout (Lee et al. 2020): every element of some segments is, with probability p, its first value instead of its
/// present one, and what remains is scaled so that the mean stays: <c>(m w0 + (1 - m) w - p w0) / (1 - p)</c>, which
/// is <c>w0 + f (w - w0)</c> with f = 0 or 1 / (1 - p). Gradients pass through f. The mask is a hash of key and
/// element, so that it needs no memory and a resumed run draws the same.
/// </summary>
public abstract class WeightMix : IDisposable
{
    /// <summary>Mixes the weights in place and remembers them.</summary>
    /// <param name="weights">The weights; segments that are not mixed stay.</param>
    /// <param name="key">64 bits that fix the mask.</param>
    /// <exception cref="ArgumentException">The length differs from the layout's.</exception>
    public abstract void Mix(WeightBuffer weights, ulong key);

    /// <summary>Puts the weights back, and passes the gradients at the mixed ones on to them.</summary>
    /// <param name="weights">The mixed weights.</param>
    /// <param name="gradients">The gradients there.</param>
    /// <exception cref="ArgumentException">A length differs from the layout's.</exception>
    public abstract void Unmix(WeightBuffer weights, WeightBuffer gradients);

    /// <inheritdoc/>
    public abstract void Dispose();
}
