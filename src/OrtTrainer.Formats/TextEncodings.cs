using System.Text;

namespace OrtTrainer.Formats;

/// <summary>Encodings of text by their names.</summary>
internal static class TextEncodings
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["latin-1"] = "iso-8859-1",
        ["latin-9"] = "iso-8859-15",
        ["utf8"] = "utf-8",
        ["utf-16le"] = "utf-16",
        ["utf-16be"] = "utf-16BE",
        ["utf-32le"] = "utf-32",
        ["ansi"] = "windows-1252",
    };

    /// <summary>An encoding that refuses what it cannot decode; null for a name that is unknown.</summary>
    /// <param name="name">As IANA or Python has it: windows-1252, cp1252, latin-1, shift_jis, utf-16, ….</param>
    public static Encoding? Named(string name)
    {
        string plain = Aliases.GetValueOrDefault(name.Trim(), name.Trim());
        if (plain.StartsWith("cp", StringComparison.OrdinalIgnoreCase) && int.TryParse(plain.AsSpan(2), out int page))
        {
            return OfPage(page);
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(
                    plain, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(plain, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Encoding? OfPage(int page)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(
                    page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
