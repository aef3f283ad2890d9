using OrtTrainer.Randomness;

namespace OrtTrainer.Images;

/// <summary>A rectangle of an image.</summary>
/// <param name="Left">Its first column.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Right">The column after its last.</param>
/// <param name="Bottom">The row after its last.</param>
internal readonly record struct ImagePatch(int Left, int Top, int Right, int Bottom)
{
    /// <summary>
    /// Draws a rectangle about a place, each as likely, with the sides of the image times the root of a share, cut at
    /// the edges (Yun et al. 2019, equation 2).
    /// </summary>
    /// <param name="random">The draws.</param>
    /// <param name="shape">The image.</param>
    /// <param name="share">Of the image's area that the rectangle has before it is cut, in [0, 1].</param>
    public static ImagePatch Draw(SeededRandom random, ImageShape shape, double share)
    {
        (int left, int right) = Side(random, shape.Width, share);
        (int top, int bottom) = Side(random, shape.Height, share);
        return new(left, top, right, bottom);
    }

    /// <summary>Of the image's area, the share that it has.</summary>
    public double ShareOf(ImageShape shape) =>
        (double)(Right - Left) * (Bottom - Top) / ((double)shape.Width * shape.Height);

    private static (int Start, int End) Side(SeededRandom random, int length, double share)
    {
        int half = (int)(length * Math.Sqrt(share)) / 2;
        int middle = random.NextInt(length);
        return (Math.Max(middle - half, 0), Math.Min(middle + half, length));
    }
}
