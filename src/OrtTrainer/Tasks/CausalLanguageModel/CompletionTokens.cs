using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.CausalLanguageModel;

/// <summary>
/// A prompt and its completion as one text, so that tokens are those of the text that a model would write: parted by a
/// blank where neither has white space there, and ended by the token that ends texts. Learned are the tokens of the
/// completion and that last one; of a text without a prompt, all but the first.
/// </summary>
internal static class CompletionTokens
{
    /// <param name="example">The prompt, and the completion as its pair; or a text alone.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxLength">The most tokens; what is longer is cut at the end. Null for no limit.</param>
    /// <exception cref="RunException">The prompt leaves no room for a completion, or there is nothing to
    /// learn.</exception>
    public static PredictedExample Of(Example example, Tokenizer tokenizer, int? maxLength)
    {
        string prompt = example.Pair is null ? "" : example.Text;
        string text = example.Pair is { } completion ? Joined(example.Text, completion) : example.Text;
        Encoding encoding = tokenizer.Encode(text);
        int[] ending = tokenizer.EosId is { } end && encoding.Ids[^1] != end ? [end] : [];
        int[] ids = [.. encoding.Ids, .. ending];
        int first = example.Pair is null ? 1 : FirstBehind(encoding, prompt.Length);
        if (maxLength is { } most && first >= most)
        {
            throw new RunException($"the prompt has {first} tokens, which leave no room for a completion in {most}. "
                + "Shorten the prompt, or allow more tokens (--max-length).");
        }

        int count = Math.Min(ids.Length, maxLength ?? int.MaxValue);
        if (first >= count)
        {
            throw new RunException($"the text has {count} token, of which none is predicted from another; expected "
                + "two or more. Take the row out, or write a longer text.");
        }

        return new PredictedExample(ids[..count], new int[count], ids[first..count])
        {
            FullLength = ids.Length,
            OutputTokens = [.. Enumerable.Range(first - 1, count - first)],
        };
    }

    /// <summary>The tokens a model goes on from: those of a prompt, without what ends a text.</summary>
    public static int[] OfPrompt(string prompt, Tokenizer tokenizer)
    {
        int[] ids = tokenizer.EncodeIds(prompt).Ids;
        return ids.Length > 0 && ids[^1] == tokenizer.EosId ? ids[..^1] : ids;
    }

    private static string Joined(string prompt, string completion) =>
        char.IsWhiteSpace(prompt[^1]) || char.IsWhiteSpace(completion[0])
            ? prompt + completion
            : $"{prompt} {completion}";

    // The first token with a letter of the completion; special tokens before it belong to the prompt.
    private static int FirstBehind(Encoding encoding, int length)
    {
        int token = 0;
        while (token < encoding.Count
            && (encoding.SpecialTokensMask[token] != 0 || encoding.Offsets[token].End <= length))
        {
            token++;
        }

        return token;
    }
}
