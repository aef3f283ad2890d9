using System.Text;

namespace OrtTrainer.Data;

/// <summary>
/// Splits a UTF-8 stream into lines. Lines end with LF or CRLF; a lone CR and Unicode's other separators belong to
/// the text, because real data sets hold them inside sentences. A byte order mark is dropped.
/// </summary>
internal static class Utf8Lines
{
    private const int InitialBuffer = 1 << 16;
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="DataFileException">A line is not valid UTF-8.</exception>
    public static IEnumerable<TextLine> Read(Stream stream, string file)
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

            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                break;
            }

            end += read;
        }

        if (end > 0)
        {
            yield return Decode(buffer.AsSpan(0, end), ++number, file);
        }
    }

    private static TextLine Decode(ReadOnlySpan<byte> bytes, int number, string file)
    {
        if (number == 1 && bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

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
            string found = string.Join(' ', (invalid.BytesUnknown ?? []).Select(value => $"0x{value:X2}"));
            string origin = number == 1 && bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? "UTF-16" : "LATIN1";
            throw new DataFileException(
                file,
                number,
                $"not valid UTF-8: {found} at byte {invalid.Index + 1} of the line. "
                + $"Convert the file first, for example: iconv -f {origin} -t UTF-8 IN > OUT.",
                invalid);
        }
    }
}
