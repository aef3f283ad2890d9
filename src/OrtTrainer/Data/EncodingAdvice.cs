using System.Text;
using OrtTrainer.Data.Sources;

namespace OrtTrainer.Data;

/// <summary>What is said of a line that is not UTF-8: where, and what encoding the file may have.</summary>
internal static class EncodingAdvice
{
    private const int Around = 12;
    private const string Likeliest = "windows-1252";

    /// <summary>The byte, its place, and the encoding to try.</summary>
    /// <param name="line">The bytes of the line.</param>
    /// <param name="invalid">What the decoder found.</param>
    public static string For(ReadOnlySpan<byte> line, DecoderFallbackException invalid)
    {
        string found = string.Join(' ', (invalid.BytesUnknown ?? []).Select(value => $"0x{value:X2}"));
        string place = $"not valid UTF-8: {found} at byte {invalid.Index + 1} of the line.";
        if (line.Contains((byte)0))
        {
            return $"{place} It has zero bytes, as UTF-16 does: name the encoding, such as --encoding utf-16le.";
        }

        return FormatLibraries.EncodingOf(Likeliest) is { } western
            ? $"{place} In {Likeliest} it reads '{Shown(line, invalid.Index, western)}'; if that is right, add "
                + $"--encoding {Likeliest}. Else name the file's own encoding, or save it as UTF-8."
            : $"{place} Save the file as UTF-8.";
    }

    private static string Shown(ReadOnlySpan<byte> line, int index, Encoding encoding)
    {
        int start = Math.Max(0, index - Around);
        Encoding lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        string shown = lenient.GetString(line[start..Math.Min(line.Length, index + Around)]);
        return new string([.. shown.Where(character => !char.IsControl(character))]);
    }
}
