using System.Text;

namespace OrtTrainer.Reports;

/// <summary>Text that XML and HTML can hold.</summary>
internal static class XmlText
{
    /// <summary>The text with U+FFFD for characters that XML has no room for.</summary>
    public static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool allowed = rune.Value is (>= 0x20 and not 0xFFFE and not 0xFFFF) or '\t' or '\n';
            clean.Append(allowed ? rune : Rune.ReplacementChar);
        }

        return clean.ToString();
    }
}
