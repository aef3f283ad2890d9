using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.Seq2Seq;

/// <summary>
/// A source and its target as the encoder and the decoder take them, each with the special tokens of a text of its own.
/// The decoder is given the target behind a token to begin with, without its last token, and learns the target.
/// </summary>
internal static class TargetTokens
{
    /// <param name="example">The source, and the target as its pair.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxLength">The most tokens of either; what is longer is cut. Null for no limit.</param>
    /// <param name="start">The token that the decoder begins with.</param>
    /// <exception cref="RunException">There is no target, or no token in it.</exception>
    public static PredictedExample Of(Example example, ITextEncoder tokenizer, int? maxLength, int start)
    {
        if (example.Pair is not { } target)
        {
            throw new RunException("there is a source alone; expected a target with it. Name the column of the target "
                + "(--pair).");
        }

        (TokenIds source, int sourceLength) = Cut(example.Text, tokenizer, maxLength);
        (TokenIds made, int targetLength) = Cut(target, tokenizer, maxLength);
        if (made.Ids.Length == 0)
        {
            throw new RunException("the target has no tokens, so that there is nothing to learn. Take the row out, or "
                + "write a target.");
        }

        return new PredictedExample(source.Ids, source.TypeIds, made.Ids)
        {
            DecoderIds = [start, .. made.Ids.AsSpan(0, made.Ids.Length - 1)],
            FullLength = targetLength > made.Ids.Length ? Math.Max(sourceLength, targetLength) : sourceLength,
        };
    }

    /// <summary>A text as its tokens, and how many it had before it was cut.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static (TokenIds Tokens, int FullLength) Cut(string text, ITextEncoder tokenizer, int? maxLength)
    {
        TokenIds whole = tokenizer.EncodeIds(text);
        return (
            whole.Ids.Length <= (maxLength ?? int.MaxValue)
                ? whole
                : tokenizer.EncodeIds(text, options: new EncodeOptions { MaxLength = maxLength }),
            whole.Ids.Length);
    }
}
