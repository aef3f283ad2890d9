using Microsoft.ML.Tokenizers;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Interop;

/// <summary>
/// The tokens of a text as Microsoft.ML.Tokenizers counts them: ranges are UTF-16 positions of the normalized text.
/// </summary>
internal sealed class TokenSpans
{
    private readonly int[] _units;

    /// <summary>Tokenizes a text without special tokens.</summary>
    public TokenSpans(TokenPipeline pipeline, ReadOnlySpan<char> text)
    {
        (int[] points, Tokens) = pipeline.TokenizeNormalized(text);
        NormalizedText = CodePoints.ToText(points);
        _units = new int[points.Length + 1];
        for (int i = 0; i < points.Length; i++)
        {
            _units[i + 1] = _units[i] + (points[i] > char.MaxValue ? 2 : 1);
        }
    }

    /// <summary>What the normalizer makes of the text.</summary>
    public string NormalizedText { get; }

    /// <summary>The tokens, with ranges in code points.</summary>
    public List<ModelToken> Tokens { get; }

    /// <summary>The UTF-16 range of a token.</summary>
    public Range RangeOf(ModelToken token) => new(_units[token.Start], _units[token.End]);

    /// <summary>
    /// How many tokens from the start stay where there may be <paramref name="most"/>: never a part of the tokens
    /// that one character is made of.
    /// </summary>
    public int CountFromStart(int most)
    {
        int count = Math.Min(most, Tokens.Count);
        while (count > 0 && count < Tokens.Count && Overlaps(count))
        {
            count--;
        }

        return count;
    }

    /// <summary>How many tokens up to the end stay, by the same rule.</summary>
    public int CountFromEnd(int most)
    {
        int count = Math.Min(most, Tokens.Count);
        while (count > 0 && count < Tokens.Count && Overlaps(Tokens.Count - count))
        {
            count--;
        }

        return count;
    }

    /// <summary>The UTF-16 position behind the first <paramref name="count"/> tokens; the end behind all.</summary>
    public int EndOf(int count) =>
        count == Tokens.Count ? NormalizedText.Length : count == 0 ? 0 : _units[Tokens[count - 1].End];

    /// <summary>The UTF-16 position of the last <paramref name="count"/> tokens; 0 for all.</summary>
    public int StartOf(int count) =>
        count == Tokens.Count ? 0 : count == 0 ? NormalizedText.Length : _units[Tokens[^count].Start];

    /// <summary>The first tokens as Microsoft.ML.Tokenizers has them.</summary>
    public IReadOnlyList<EncodedToken> Encoded(int count, Func<int, string?> tokenOf) =>
        [.. Tokens.Take(count).Select(token => new EncodedToken(token.Id, tokenOf(token.Id)!, RangeOf(token)))];

    private bool Overlaps(int index) => Tokens[index].Start < Tokens[index - 1].End;
}
