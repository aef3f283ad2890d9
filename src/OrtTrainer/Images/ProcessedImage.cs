namespace OrtTrainer.Images;

/// <summary>An image in the size of the model, whose values are normalized when they are asked for.</summary>
/// <param name="Pixels">The image.</param>
/// <param name="Normalization">From 8-bit values to those of the model.</param>
internal sealed record ProcessedImage(PixelImage Pixels, PixelNormalization Normalization) : ImageInput
{
    /// <summary>Whether left and right change places.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>How many pixels the image is moved to the right; what comes into sight there is black.</summary>
    public int Right { get; init; }

    /// <summary>How many pixels it is moved down.</summary>
    public int Down { get; init; }

    public override ImageShape Shape => new(PixelImage.Channels, Pixels.Height, Pixels.Width);

    public override ReadOnlySpan<byte> Content => Pixels.Values;

    public override void Write(Span<float> values)
    {
        (int width, int height) = (Pixels.Width, Pixels.Height);
        int at = 0;
        for (int channel = 0; channel < PixelImage.Channels; channel++)
        {
            ReadOnlySpan<float> table = Normalization.TableOf(channel);
            for (int y = 0; y < height; y++)
            {
                int row = y - Down;
                for (int x = 0; x < width; x++, at++)
                {
                    int column = (IsMirrored ? width - 1 - x : x) - Right;
                    bool isInside = (uint)row < (uint)height && (uint)column < (uint)width;
                    values[at] = table[
                        isInside ? Pixels.Values[(((row * width) + column) * PixelImage.Channels) + channel] : 0];
                }
            }
        }
    }
}
