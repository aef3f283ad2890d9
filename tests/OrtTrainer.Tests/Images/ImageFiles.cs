using OrtTrainer.Images;
using SkiaSharp;

namespace OrtTrainer.Tests.Images;

/// <summary>Image files for tests, each pixel a function of its place.</summary>
internal static class ImageFiles
{
    /// <summary>An image in memory.</summary>
    public static PixelImage Make(int width, int height, Func<int, int, (int R, int G, int B)> color) => new(
        width, height,
        [
            .. from y in Enumerable.Range(0, height)
               from x in Enumerable.Range(0, width)
               let c = color(x, y)
               from value in new[] { c.R, c.G, c.B }
               select (byte)value,
        ]);

    /// <summary>Writes it without loss, in the folder of its path, which is made.</summary>
    public static string Save(PixelImage image, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using SKBitmap bitmap = new(new SKImageInfo(
            image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                ReadOnlySpan<byte> c = image.Values.AsSpan(((y * image.Width) + x) * 3, 3);
                bitmap.SetPixel(x, y, new SKColor(c[0], c[1], c[2]));
            }
        }

        using FileStream file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        return path;
    }
}
