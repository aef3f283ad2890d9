namespace OrtTrainer.Images;

/// <summary>
/// Resizes as Pillow does, value by value: first rows, then columns, each a weighted sum of 8-bit values in integers
/// of 22 fractional bits. Where an image shrinks, the filter widens with it, so that no pixel is skipped.
/// </summary>
internal static class ImageResizing
{
    private const int FractionBits = 22;

    /// <summary>The image in other sizes; itself where they are its own.</summary>
    public static PixelImage Resize(this PixelImage image, int width, int height, Resampling resampling)
    {
        if (resampling == Resampling.Nearest)
        {
            int From(int place, int size, int target) => (int)((place + 0.5) * size / target);
            return image.Map(width, height, (x, y) => (From(x, image.Width, width), From(y, image.Height, height)));
        }

        if (image.Width != width)
        {
            image = WithWidth(image, width, resampling);
        }

        return image.Height == height ? image : WithHeight(image, height, resampling);
    }

    private static PixelImage WithWidth(PixelImage image, int width, Resampling resampling)
    {
        (int First, int[] Weights)[] taps = TapsOf(image.Width, width, resampling);
        byte[] values = new byte[image.Height * width * PixelImage.Channels];
        for (int y = 0, at = 0; y < image.Height; y++)
        {
            foreach ((int first, int[] weights) in taps)
            {
                int start = ((y * image.Width) + first) * PixelImage.Channels;
                for (int channel = 0; channel < PixelImage.Channels; channel++, at++)
                {
                    values[at] = Sum(image.Values, start + channel, PixelImage.Channels, weights);
                }
            }
        }

        return new(width, image.Height, values);
    }

    private static PixelImage WithHeight(PixelImage image, int height, Resampling resampling)
    {
        int row = image.Width * PixelImage.Channels;
        byte[] values = new byte[height * row];
        int at = 0;
        foreach ((int first, int[] weights) in TapsOf(image.Height, height, resampling))
        {
            for (int column = 0; column < row; column++, at++)
            {
                values[at] = Sum(image.Values, (first * row) + column, row, weights);
            }
        }

        return new(image.Width, height, values);
    }

    private static byte Sum(byte[] values, int start, int step, int[] weights)
    {
        int sum = 1 << (FractionBits - 1);
        foreach (int weight in weights)
        {
            sum += values[start] * weight;
            start += step;
        }

        return (byte)Math.Clamp(sum >> FractionBits, 0, 255);
    }

    /// <summary>For each place of the result, the first place that it is made of, and the weights from there
    /// on.</summary>
    private static (int First, int[] Weights)[] TapsOf(int size, int target, Resampling resampling)
    {
        double scale = (double)size / target;
        double widening = Math.Max(scale, 1);
        double reach = ReachOf(resampling) * widening;
        (int, int[])[] taps = new (int, int[])[target];
        for (int place = 0; place < target; place++)
        {
            double center = (place + 0.5) * scale;
            int first = Math.Max((int)(center - reach + 0.5), 0);
            int end = Math.Min((int)(center + reach + 0.5), size);
            double[] weights =
            [
                .. Enumerable.Range(first, end - first)
                    .Select(i => Filter(resampling, (i - center + 0.5) / widening)),
            ];
            double sum = weights.Sum();
            taps[place] = (first, [.. weights.Select(weight => Fixed(weight / sum))]);
        }

        return taps;
    }

    private static int Fixed(double weight) =>
        (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << FractionBits)));

    private static double ReachOf(Resampling resampling) => resampling switch
    {
        Resampling.Bilinear => 1,
        Resampling.Bicubic => 2,
        _ => 3,
    };

    private static double Filter(Resampling resampling, double x)
    {
        x = Math.Abs(x);
        return resampling switch
        {
            Resampling.Bilinear => Math.Max(1 - x, 0),
            Resampling.Bicubic => Cubic(x),
            _ => x < 3 ? Sinc(x) * Sinc(x / 3) : 0,
        };
    }

    /// <summary>Keys's cubic convolution with a = -1/2.</summary>
    private static double Cubic(double x) => x switch
    {
        < 1 => (((1.5 * x) - 2.5) * x * x) + 1,
        < 2 => (((((x - 5) * x) + 8) * x) - 4) * -0.5,
        _ => 0,
    };

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
