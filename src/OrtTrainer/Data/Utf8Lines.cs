using System.Text;

namespace OrtTrainer.Data;

/// <summary>
/// Splits a UTF-8 stream into lines. Lines end with LF or CRLF; a lone CR and Unicode's other separators belong to
/// the text, because real data sets hold them inside sentences. A byte order mark is dropped.
/// </summary>
internal static class Utf8Lines
{
    /// <summary>Bytes that tell what a file is.</summary>
    public const int SignatureLength = 16;

    private const int InitialBuffer = 1 << 16;
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="DataFileException">A line is not valid UTF-8, or the content is of a format that is not
    /// text.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static IEnumerable<TextLine> Read(Stream stream, string file, CancellationToken cancellation = default)
    {
        byte[] buffer = new byte[InitialBuffer];
        int start = 0, scanned = 0, end = 0, number = 0;
        while (true)
        {
            int feed = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                yield return Decode(buffer.AsSpan(start, scanned + feed - start), ++number, file);
                start = scanned += feed + 1;
                continue;
            }

            // The unfinished line moves to the front; the buffer grows only for a line longer than all of it.
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (scanned, end, start) = (end - start, end - start, 0);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            cancellation.ThrowIfCancellationRequested();
            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                break;
            }

            end += read;
            if (number == 0)
            {
                FileSignature.RequireText(buffer.AsSpan(0, end), file);
            }
        }

        if (end > 0)
        {
            yield return Decode(buffer.AsSpan(0, end), ++number, file);
        }
    }

    /// <summary>The content after its byte order mark, if it has one.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> content) =>
        content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;

    /// <exception cref="DataFileException">The bytes are not valid UTF-8.</exception>
    public static TextLine Decode(ReadOnlySpan<byte> bytes, int number, string file)
    {
        bytes = number == 1 ? WithoutMark(bytes) : bytes;

        if (bytes.EndsWith("\r"u8))
        {
            bytes = bytes[..^1];
        }

        try
        {
            return new TextLine(number, Strict.GetString(bytes));
        }
        catch (DecoderFallbackException invalid)
        {
            throw new DataFileException(file, number, EncodingAdvice.For(bytes, invalid), invalid);
        }
    }
}
