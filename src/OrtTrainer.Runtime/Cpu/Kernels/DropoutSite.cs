namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The attributes of a node that drops elements: its rate <c>p</c>, in [0, 1), and its number <c>site</c> in the
/// graph.
/// </summary>
internal readonly struct DropoutSite
{
    public DropoutSite(KernelAttributes attributes)
    {
        double rate = attributes.Float("p");
        if (rate is not (>= 0 and < 1))
        {
            throw new ArgumentException($"the dropout rate p is {rate}; expected 0 or more and less than 1.");
        }

        Threshold = (uint)Math.Floor(rate * 4294967296.0);
        Scale = (float)(1 / (1 - rate));
        Site = (uint)attributes.Int("site");
    }

    /// <summary>Elements whose hash is less are dropped: floor(p 2^32).</summary>
    public uint Threshold { get; }

    /// <summary>What kept elements are multiplied with: 1/(1-p).</summary>
    public float Scale { get; }

    public uint Site { get; }

    /// <summary>What is added to the first word of a key.</summary>
    public uint Salt0 => unchecked(Site * 0x9E3779B9);

    /// <summary>What is added to the second word of a key.</summary>
    public uint Salt1 => unchecked(Site * 0x85EBCA6B);

    /// <summary>The mask of one step.</summary>
    /// <param name="key">int64[2].</param>
    public DropoutMask Mask(KernelTensor key)
    {
        RequireKey(key);
        unsafe
        {
            return new DropoutMask(this, new ReadOnlySpan<long>(key.Int64s, 2));
        }
    }

    /// <exception cref="ArgumentException">The tensor is no key.</exception>
    public static void RequireKey(KernelTensor key)
    {
        if (key.Length != 2)
        {
            throw new ArgumentException($"The dropout key has shape {key}; expected [2].");
        }
    }
}
