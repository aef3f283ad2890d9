using System.Buffers;

namespace OrtTrainer.Images;

/// <summary>Two images of one size as one.</summary>
/// <param name="First">The image.</param>
/// <param name="Second">What is mixed into it.</param>
internal abstract record MixedImage(ImageInput First, ImageInput Second) : ImageInput
{
    public override ImageShape Shape => First.Shape;

    public override ReadOnlySpan<byte> Content =>
        throw new InvalidOperationException("A mixed image lives for a step and is known by no bytes of its own.");

    public sealed override void Write(Span<float> values)
    {
        First.Write(values);
        float[] second = ArrayPool<float>.Shared.Rent(values.Length);
        try
        {
            Second.Write(second.AsSpan(0, values.Length));
            Mix(values, second.AsSpan(0, values.Length));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(second);
        }
    }

    /// <summary>Mixes the values of the second image into those of the first, [C, H, W] both.</summary>
    private protected abstract void Mix(Span<float> values, ReadOnlySpan<float> second);
}

/// <summary>Every value a weighted mean (Zhang et al. 2018, "mixup: Beyond empirical risk minimization").</summary>
/// <param name="First">The image.</param>
/// <param name="Second">What is mixed into it.</param>
/// <param name="Share">The weight of the first, in [0, 1].</param>
internal sealed record BlendedImage(ImageInput First, ImageInput Second, float Share) : MixedImage(First, Second)
{
    private protected override void Mix(Span<float> values, ReadOnlySpan<float> second)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (Share * values[i]) + ((1 - Share) * second[i]);
        }
    }
}

/// <summary>A rectangle of one in the other (Yun et al. 2019, "CutMix").</summary>
/// <param name="First">The image.</param>
/// <param name="Second">What shows in the rectangle, in its own place.</param>
/// <param name="Patch">The rectangle.</param>
internal sealed record PatchedImage(ImageInput First, ImageInput Second, ImagePatch Patch) : MixedImage(First, Second)
{
    private protected override void Mix(Span<float> values, ReadOnlySpan<float> second)
    {
        for (int channel = 0; channel < Shape.Channels; channel++)
        {
            for (int y = Patch.Top; y < Patch.Bottom; y++)
            {
                int at = (((channel * Shape.Height) + y) * Shape.Width) + Patch.Left;
                second.Slice(at, Patch.Right - Patch.Left).CopyTo(values[at..]);
            }
        }
    }
}
