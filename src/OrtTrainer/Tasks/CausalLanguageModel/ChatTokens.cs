using OrtTrainer.Common;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Text.Templates;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Tasks.CausalLanguageModel;

/// <summary>
/// A conversation as the tokens of the text that the model's template makes of it. Learned are the assistant's messages
/// with the token that ends each: what the template marks with its statement generation, or, where it has none, what a
/// message adds to the conversation before it with the beginning of an answer.
/// </summary>
internal static class ChatTokens
{
    // Special tokens are in the template.
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false };

    /// <param name="chat">The conversation.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxLength">The most tokens; what is longer is cut at the end. Null for no limit.</param>
    /// <exception cref="RunException">There is no template, or it cannot be used; or nothing is left to
    /// learn.</exception>
    public static PredictedExample Of(ChatExample chat, Tokenizer tokenizer, int? maxLength)
    {
        RenderedText rendered = Render(chat.Messages, tokenizer, asksForAnswer: false);
        IReadOnlyList<TextRange> answers =
            rendered.Generated.Count > 0 ? rendered.Generated : AnswersOf(chat.Messages, rendered.Text, tokenizer);
        Encoding encoding = tokenizer.Encode(rendered.Text, options: Plain);
        int[] ids = [.. encoding.Ids];
        int count = Math.Min(ids.Length, maxLength ?? int.MaxValue);

        // The first token has none before it that it could be predicted from.
        int[] learned = [.. answers.SelectMany(answer => TokensOf(answer, encoding, rendered.Text, tokenizer))
            .Distinct().Where(token => token > 0)];
        int[] kept = [.. learned.Where(token => token < count)];
        if (kept.Length == 0)
        {
            throw new RunException(learned.Length == 0
                ? "the template leaves the assistant's messages out, so that there is nothing to learn. Correct it."
                : $"what stands before the assistant's first answer has {learned[0]} tokens, which leave no room for "
                    + $"it in {count}. Shorten the conversation, or allow more tokens (--max-length).");
        }

        return new PredictedExample(ids[..count], new int[count], [.. kept.Select(token => ids[token])])
        {
            FullLength = ids.Length,
            OutputTokens = [.. kept.Select(token => token - 1)],
        };
    }

    /// <summary>The tokens behind which a model writes the assistant's next answer.</summary>
    /// <exception cref="RunException">There is no template, or it cannot be used.</exception>
    public static int[] OfQuestion(IReadOnlyList<Mapping> messages, Tokenizer tokenizer) =>
        tokenizer.EncodeIds(Render(messages, tokenizer, asksForAnswer: true).Text, options: Plain).Ids;

    /// <summary>The token that ends the assistant's messages; null where the template has none.</summary>
    /// <exception cref="RunException">There is no template, or it cannot be used.</exception>
    public static int? EndOfAnswer(Tokenizer tokenizer)
    {
        Mapping[] probe =
            [ChatTemplate.Message(ChatExample.User, "a"), ChatTemplate.Message(ChatExample.Assistant, "b")];
        int last = Of(new ChatExample(probe), tokenizer, maxLength: null).Targets[^1];
        return IsEnd(last, tokenizer) ? last : null;
    }

    /// <summary>The tokens that end what a model writes, with the one that ends the assistant's messages: other
    /// software does not take that from the template.</summary>
    /// <param name="ends">Those that the model's files name.</param>
    /// <param name="tokenizer">The model's; null where there is none.</param>
    public static IReadOnlyList<int> WithEndOfAnswer(IReadOnlyList<int> ends, Tokenizer? tokenizer)
    {
        if (tokenizer?.ChatTemplate is null)
        {
            return ends;
        }

        try
        {
            return EndOfAnswer(tokenizer) is { } end ? [.. ends.Union([end])] : ends;
        }
        catch (RunException)
        {
            // A template that cannot be used here goes along as it is, and names no end.
            return ends;
        }
    }

    // A word that is not known is a special token too, and ends nothing.
    private static bool IsEnd(int id, Tokenizer tokenizer) => tokenizer.IsSpecial(id) && id != tokenizer.UnknownId;

    private static RenderedText Render(IReadOnlyList<Mapping> messages, Tokenizer tokenizer, bool asksForAnswer)
    {
        ChatTemplate template = tokenizer.ChatTemplate ?? throw new RunException(
            "the model has no chat template, which says how conversations become texts. Put chat_template.jinja into "
            + "its folder, or write prompts and completions.");
        try
        {
            return template.Render(messages, asksForAnswer);
        }
        catch (InvalidDataException refused)
        {
            throw new RunException($"the chat template cannot be used: {refused.Message}", refused);
        }
    }

    private static List<TextRange> AnswersOf(IReadOnlyList<Mapping> messages, string whole, Tokenizer tokenizer)
    {
        List<TextRange> answers = [];
        for (int i = 0; i < messages.Count; i++)
        {
            if (ChatExample.RoleOf(messages[i]) == ChatExample.Assistant)
            {
                string before = Render([.. messages.Take(i)], tokenizer, asksForAnswer: true).Text;
                string with = Render([.. messages.Take(i + 1)], tokenizer, asksForAnswer: false).Text;
                answers.Add(with.StartsWith(before, StringComparison.Ordinal)
                    && whole.StartsWith(with, StringComparison.Ordinal)
                    ? new(CodePoints.Count(before), CodePoints.Count(with))
                    : throw new RunException(
                        $"message {i + 1} changes how the chat template writes those before it, or is changed by those "
                        + "behind it, so that the place of the assistant's words is not known. Put "
                        + "{% generation %} and {% endgeneration %} around them in the template."));
            }
        }

        return answers;
    }

    /// <summary>The tokens that stand in a range; without white space behind a special token that ends it, which a
    /// model that stops there does not write.</summary>
    private static IEnumerable<int> TokensOf(
        TextRange range, Encoding encoding, string text, Tokenizer tokenizer)
    {
        List<int> tokens = [.. Enumerable.Range(0, encoding.Count).Where(token =>
            encoding.Offsets[token].Start < range.End && encoding.Offsets[token].End > range.Start)];
        int last = tokens.FindLastIndex(token => IsEnd(encoding.Ids[token], tokenizer));
        return last >= 0 && CodePoints.Cut(text, new(encoding.Offsets[tokens[last]].End, range.End)).Trim() == ""
            ? tokens.Take(last + 1)
            : tokens;
    }
}
