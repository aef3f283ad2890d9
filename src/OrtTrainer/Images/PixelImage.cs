namespace OrtTrainer.Images;

/// <summary>An image of 8 bits per value: red, green and blue of each pixel, row by row.</summary>
/// <param name="Width">Pixels of a row, 1 or more.</param>
/// <param name="Height">Rows, 1 or more.</param>
/// <param name="Values">[Height, Width, 3].</param>
internal sealed record PixelImage(int Width, int Height, byte[] Values)
{
    /// <summary>Values per pixel.</summary>
    public const int Channels = 3;

    /// <summary>A part of the image.</summary>
    /// <param name="left">The first column; the part lies inside.</param>
    /// <param name="top">The first row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public PixelImage Crop(int left, int top, int width, int height)
    {
        byte[] values = new byte[height * width * Channels];
        for (int row = 0; row < height; row++)
        {
            Values.AsSpan((((top + row) * Width) + left) * Channels, width * Channels)
                .CopyTo(values.AsSpan(row * width * Channels));
        }

        return new(width, height, values);
    }

    /// <summary>The image with each pixel taken from a place that is computed from its own.</summary>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="source">From column and row of the result to those of this image.</param>
    public PixelImage Map(int width, int height, Func<int, int, (int X, int Y)> source)
    {
        byte[] values = new byte[height * width * Channels];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, at += Channels)
            {
                (int fromX, int fromY) = source(x, y);
                Values.AsSpan(((fromY * Width) + fromX) * Channels, Channels).CopyTo(values.AsSpan(at));
            }
        }

        return new(width, height, values);
    }
}
