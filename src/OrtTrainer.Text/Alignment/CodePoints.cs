using System.Buffers;
using System.Text;

namespace OrtTrainer.Text.Alignment;

/// <summary>Conversions between UTF-16 text and Unicode code points.</summary>
internal static class CodePoints
{
    /// <summary>The code points of a text; every lone surrogate becomes U+FFFD.</summary>
    public static int[] From(ReadOnlySpan<char> text)
    {
        int[] points = new int[text.Length];
        int count = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int used) != OperationStatus.Done)
            {
                rune = Rune.ReplacementChar;
            }

            points[count++] = rune.Value;
            text = text[used..];
        }

        Array.Resize(ref points, count);
        return points;
    }

    /// <summary>The UTF-16 text of code points.</summary>
    public static string ToText(ReadOnlySpan<int> points)
    {
        StringBuilder text = new(points.Length);
        Span<char> pair = stackalloc char[2];
        foreach (int point in points)
        {
            int length = new Rune(point).EncodeToUtf16(pair);
            text.Append(pair[..length]);
        }

        return text.ToString();
    }
}
