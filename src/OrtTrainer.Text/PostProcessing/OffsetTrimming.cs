using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PostProcessing;

/// <summary>Takes white space out of the ranges of byte-level tokens.</summary>
/// <param name="AddPrefixSpace">Whether the first token's leading blank was put there by the tokenizer.</param>
internal sealed record OffsetTrimming(bool AddPrefixSpace)
{
    /// <summary>The trimmed ranges of the tokens of one text.</summary>
    /// <param name="index">The token's place in its text.</param>
    /// <param name="token">The token, in <see cref="ByteAlphabet"/> characters.</param>
    /// <param name="range">The range to trim.</param>
    public TextRange Trim(int index, string token, TextRange range)
    {
        int leading = token.TakeWhile(IsSpace).Count();
        int trailing = token.Reverse().TakeWhile(IsSpace).Count();
        (int start, int end) = range;
        if (leading > 0)
        {
            bool addedByUs = AddPrefixSpace && leading == 1 && (index == 0 || start == 0);
            start = Math.Min(start + (addedByUs ? 0 : leading), end);
        }

        if (trailing > 0 && end >= trailing)
        {
            end = Math.Max(end - trailing, start);
        }

        return new TextRange(start, end);
    }

    private static bool IsSpace(char character) =>
        character == ByteAlphabet.ToChar((byte)' ') || (!char.IsSurrogate(character)
            && UnicodeClass.IsWhiteSpace(character));
}
