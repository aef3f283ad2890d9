using OrtTrainer.Common;

namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// Mixout (Lee et al. 2020): every element of some segments is, with probability p, its first value instead of its
/// present one, and what remains is scaled so that the mean stays: <c>(m w0 + (1 - m) w - p w0) / (1 - p)</c>, which
/// is <c>w0 + f (w - w0)</c> with f = 0 or 1 / (1 - p). Gradients pass through f. The mask is a hash of key and
/// element, so that it needs no memory and a resumed run draws the same.
/// </summary>
public abstract class WeightMix : IDisposable
{
    private protected WeightMix(WeightLayout layout, double probability)
    {
        ArgumentNullException.ThrowIfNull(layout);
        OptionRange.Below(probability, 0, 1, nameof(probability));
        Layout = layout;
        Threshold = (uint)Math.Min(uint.MaxValue, Math.Round(probability * (1L << 32)));
        Scale = (float)(1 / (1 - probability));
    }

    /// <summary>Where the tensors lie.</summary>
    private protected WeightLayout Layout { get; }

    /// <summary>Elements whose hash is less get their first value.</summary>
    private protected uint Threshold { get; }

    /// <summary>1 / (1 - p).</summary>
    private protected float Scale { get; }

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

    /// <summary>A value for the blocks of some segments, by block; the default for the others.</summary>
    private protected T[] ByBlock<T>(Predicate<WeightSegment> isChosen, T value)
    {
        T[] values = new T[Layout.Blocks];
        foreach (WeightSegment segment in Layout.Segments.Where(s => isChosen(s)))
        {
            int blocks = (segment.Length + WeightLayout.BlockLength - 1) / WeightLayout.BlockLength;
            values.AsSpan(segment.Offset / WeightLayout.BlockLength, blocks).Fill(value);
        }

        return values;
    }

    private protected void RequireLength(WeightBuffer buffer)
    {
        if (buffer.Length != Layout.Length)
        {
            throw new ArgumentException(
                $"There are {buffer.Length} elements to mix; the layout has {Layout.Length}.", nameof(buffer));
        }
    }
}
