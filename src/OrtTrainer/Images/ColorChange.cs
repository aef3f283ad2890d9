using OrtTrainer.Randomness;

namespace OrtTrainer.Images;

/// <summary>
/// Other brightness, contrast and saturation for an image, one after another in an order of their own, as
/// torchvision's ColorJitter applies them: each mixes the image with what it would be at a factor of 0, which is black,
/// its mean gray, or its gray.
/// </summary>
/// <param name="Factors">Of brightness, contrast and saturation, 0 or more each; 1 changes nothing.</param>
/// <param name="Order">0, 1 and 2 for these, the first to be applied first.</param>
internal sealed record ColorChange(IReadOnlyList<double> Factors, IReadOnlyList<int> Order)
{
    private const int Brightness = 0, Contrast = 1;

    /// <summary>Draws factors from 1 - strength to 1 + strength, alike and apart, and an order.</summary>
    /// <param name="random">The draws.</param>
    /// <param name="strength">In [0, 1].</param>
    public static ColorChange Draw(SeededRandom random, double strength)
    {
        int[] order = [0, 1, 2];
        random.Shuffle(order);
        return new([.. order.Select(_ => 1 + (strength * ((2 * random.NextDouble()) - 1)))], order);
    }

    /// <summary>The changed image; values are rounded after each change and stay in 0..255.</summary>
    public PixelImage Of(PixelImage image)
    {
        byte[] values = [.. image.Values];
        foreach (int change in Order)
        {
            double meanGray = change == Contrast ? MeanGray(values) : 0;
            for (int at = 0; at < values.Length; at += PixelImage.Channels)
            {
                Span<byte> pixel = values.AsSpan(at, PixelImage.Channels);
                Mix(pixel, Factors[change], change switch
                {
                    Brightness => 0,
                    Contrast => meanGray,
                    _ => Gray(pixel),
                });
            }
        }

        return image with { Values = values };
    }

    private static void Mix(Span<byte> pixel, double factor, double other)
    {
        foreach (ref byte value in pixel)
        {
            value = (byte)Math.Clamp(Math.Round((factor * value) + ((1 - factor) * other)), 0, 255);
        }
    }

    private static double MeanGray(ReadOnlySpan<byte> values)
    {
        double sum = 0;
        for (int at = 0; at < values.Length; at += PixelImage.Channels)
        {
            sum += Gray(values.Slice(at, PixelImage.Channels));
        }

        return sum / (values.Length / PixelImage.Channels);
    }

    /// <summary>The luminance of ITU-R BT.601.</summary>
    private static double Gray(ReadOnlySpan<byte> pixel) =>
        (0.299 * pixel[0]) + (0.587 * pixel[1]) + (0.114 * pixel[2]);
}
