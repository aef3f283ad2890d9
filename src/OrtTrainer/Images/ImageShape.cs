namespace OrtTrainer.Images;

/// <summary>The size of the images that a model takes.</summary>
/// <param name="Channels">Values per pixel, C: 3 for red, green and blue.</param>
/// <param name="Height">Rows of pixels, H.</param>
/// <param name="Width">Pixels of a row, W.</param>
internal readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Values per image, C · H · W.</summary>
    public int Length => checked(Channels * Height * Width);

    /// <summary>Such as <c>3 x 224 x 224</c>.</summary>
    public override string ToString() => $"{Channels} x {Height} x {Width}";
}
