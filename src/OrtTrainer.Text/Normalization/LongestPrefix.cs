using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Finds which of a few texts a text begins with: the user-defined pieces of a SentencePiece model.</summary>
internal sealed class LongestPrefix(IEnumerable<string> texts)
{
    private readonly int[][] _texts =
        [.. texts.Select(text => CodePoints.From(text)).Where(text => text.Length > 0).OrderByDescending(text =>
            text.Length)];

    /// <summary>The length in code points of the longest one, or 0.</summary>
    public int Match(ReadOnlySpan<int> points)
    {
        foreach (int[] text in _texts)
        {
            if (points.StartsWith(text))
            {
                return text.Length;
            }
        }

        return 0;
    }
}
