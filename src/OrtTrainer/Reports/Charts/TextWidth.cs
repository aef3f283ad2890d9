using System.Text;

namespace OrtTrainer.Reports.Charts;

/// <summary>
/// How wide a line of text is about, in pixels. A chart is drawn where no font can be measured, so that the widths are
/// those of a wide sans serif: what fits by this estimate fits in the usual fonts.
/// </summary>
internal static class TextWidth
{
    /// <summary>
    /// The size to reckon with for titles and headings: they are 13 and 12 pixels high, and bold letters are wider.
    /// </summary>
    public const double TitleSize = 16;

    /// <param name="text">One line.</param>
    /// <param name="size">The font's size in pixels.</param>
    public static double Of(string text, double size)
    {
        double width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Share(rune);
        }

        return width * size;
    }

    /// <summary>The text, or as much of its start as fits, with an ellipsis.</summary>
    public static string Fit(string text, double size, double width)
    {
        if (Of(text, size) <= width)
        {
            return text;
        }

        StringBuilder kept = new();
        double left = width - Of("…", size);
        foreach (Rune rune in text.EnumerateRunes())
        {
            left -= Share(rune) * size;
            if (left < 0)
            {
                break;
            }

            kept.Append(rune);
        }

        return kept.Append('…').ToString();
    }

    private static double Share(Rune rune) => rune.Value switch
    {
        'i' or 'l' or 'j' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' => 0.32,
        ' ' or 'f' or 't' or 'r' or 'I' or '-' or '(' or ')' or '[' or ']' or '/' => 0.42,
        'm' or 'w' or 'M' or 'W' or '@' or '%' or '…' => 0.98,
        >= 'A' and <= 'Z' => 0.75,
        // East Asian scripts and symbols fill a square.
        >= 0x1100 => 1.05,
        _ => 0.62,
    };
}
