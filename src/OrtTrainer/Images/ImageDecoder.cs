using OrtTrainer.Data;
using SkiaSharp;

namespace OrtTrainer.Images;

/// <summary>
/// Reads image files as Pillow's <c>convert("RGB")</c> does: 8 bits per value, upright as EXIF says, transparency left
/// out, color profiles not applied. Grayscale, palettes, 16 bits per value and CMYK become RGB.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>The extensions of files that are taken for images.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"];

    // A gigabyte of pixels: no photograph has as many, and a small file may claim them.
    private const long MostPixels = 1L << 28;

    /// <summary>Whether a file's name is that of an image.</summary>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Reads an image.</summary>
    /// <exception cref="DataFileException">The file is missing, is no image, or is cut off.</exception>
    public static PixelImage Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DataFileException(path, null, "there is no such image.");
        }

        using SKData data = SKData.Create(path) ?? throw new DataFileException(
            path, null, "the image cannot be opened. Check that the file may be read and is not empty.");
        using SKCodec codec = SKCodec.Create(data) ?? throw new DataFileException(
            path, null, "this is no image, or one of an unknown format; expected PNG, JPEG, BMP, GIF or WebP. " +
            "Convert the file, or take it out.");
        SKImageInfo info = new(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        if ((long)info.Width * info.Height > MostPixels)
        {
            throw new DataFileException(
                path, null, $"the image has {info.Width} x {info.Height} pixels; expected {MostPixels} at most. Make " +
                "it smaller.");
        }

        SKCodecResult result = codec.GetPixels(info, out byte[] pixels);
        return result == SKCodecResult.Success
            ? Upright(new PixelImage(info.Width, info.Height, WithoutAlpha(pixels)), codec.EncodedOrigin)
            : throw new DataFileException(
                path, null, $"the image is damaged or cut off ({result}). Copy the file again, or take it out.");
    }

    private static byte[] WithoutAlpha(byte[] pixels)
    {
        byte[] values = new byte[pixels.Length / 4 * PixelImage.Channels];
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += PixelImage.Channels)
        {
            values[to] = pixels[from];
            values[to + 1] = pixels[from + 1];
            values[to + 2] = pixels[from + 2];
        }

        return values;
    }

    /// <summary>The image as a person sees it; the tag says where the first row and column of the file are.</summary>
    private static PixelImage Upright(PixelImage image, SKEncodedOrigin origin)
    {
        int right = image.Width - 1, bottom = image.Height - 1;
        PixelImage Turned(Func<int, int, (int, int)> source) => image.Map(image.Height, image.Width, source);
        PixelImage Mirrored(Func<int, int, (int, int)> source) => image.Map(image.Width, image.Height, source);
        return origin switch
        {
            SKEncodedOrigin.TopRight => Mirrored((x, y) => (right - x, y)),
            SKEncodedOrigin.BottomRight => Mirrored((x, y) => (right - x, bottom - y)),
            SKEncodedOrigin.BottomLeft => Mirrored((x, y) => (x, bottom - y)),
            SKEncodedOrigin.LeftTop => Turned((x, y) => (y, x)),
            SKEncodedOrigin.RightTop => Turned((x, y) => (y, bottom - x)),
            SKEncodedOrigin.RightBottom => Turned((x, y) => (right - y, bottom - x)),
            SKEncodedOrigin.LeftBottom => Turned((x, y) => (right - y, x)),
            _ => image,
        };
    }
}
