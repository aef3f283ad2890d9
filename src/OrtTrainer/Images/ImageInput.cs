namespace OrtTrainer.Images;

/// <summary>An image as a model takes it. It may be drawn anew for every step, so that its values are made when they
/// are asked for.</summary>
internal abstract record ImageInput
{
    /// <summary>The sizes of the values.</summary>
    public abstract ImageShape Shape { get; }

    /// <summary>What the values are made of, for hashes: the same bytes mean the same image.</summary>
    public abstract ReadOnlySpan<byte> Content { get; }

    /// <summary>Writes the values, [C, H, W].</summary>
    public abstract void Write(Span<float> values);
}
