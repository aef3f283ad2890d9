using System.IO.Compression;

namespace OrtTrainer.Formats;

/// <summary>Opens compressed content by the bytes that it begins with.</summary>
internal static class Compression
{
    // Without it, .NET takes a gzip file that ends too early for a whole one.
    private const string StrictSwitch = "System.IO.Compression.UseStrictValidation";

    private static readonly (byte[] Signature, Func<Stream, Stream> Open)[] Known =
    [
        ([0x1F, 0x8B], Gzip),
        ([0x28, 0xB5, 0x2F, 0xFD], stream => new ZstdSharp.DecompressionStream(stream, leaveOpen: true)),
    ];

    /// <summary>What is inside of content that begins so; null where it is not compressed.</summary>
    /// <param name="content">The content from its first byte.</param>
    /// <param name="start">Its first bytes, four or more where there are as many.</param>
    public static Stream? Open(Stream content, ReadOnlySpan<byte> start)
    {
        foreach ((byte[] signature, Func<Stream, Stream> open) in Known)
        {
            if (start.StartsWith(signature))
            {
                return open(content);
            }
        }

        return null;
    }

    /// <summary>Whether an exception tells that compressed content is cut off or damaged.</summary>
    public static bool IsDamage(Exception exception) =>
        exception is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException;

    private static GZipStream Gzip(Stream stream)
    {
        AppContext.SetSwitch(StrictSwitch, true);
        return new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
    }
}
