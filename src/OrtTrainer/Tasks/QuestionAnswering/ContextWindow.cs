using OrtTrainer.Common;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>A question with a part of its context, as one input.</summary>
/// <param name="InputIds">Token ids with special tokens: the question, then the part.</param>
/// <param name="TokenTypeIds">Segment per token.</param>
/// <param name="Question">What is asked, of what.</param>
/// <param name="First">The index of the first token of the context.</param>
/// <param name="Places">Where each token of the context stands in it, in code points, [C].</param>
internal sealed record ContextWindow(
    int[] InputIds, int[] TokenTypeIds, QuestionExample Question, int First, TextRange[] Places)
    : TokenizedExample(InputIds, TokenTypeIds)
{
    /// <summary>The token that stands for no answer, [CLS].</summary>
    public const int NoAnswer = 0;

    /// <summary>
    /// The windows of a question: one, or several where it has more tokens with its context than fit, each with the
    /// whole question.
    /// </summary>
    /// <param name="question">What is asked.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxLength">The most tokens of an input; null for no limit.</param>
    /// <param name="stride">How many tokens of the context a window shares with the one before; null for <see
    /// cref="ModelTask.UsualStride"/>, but at most half of the length, and half of what the question leaves where
    /// that is not more than the stride.</param>
    /// <exception cref="RunException">The question leaves no room, or less than the stride.</exception>
    public static ContextWindow[] Of(QuestionExample question, Tokenizer tokenizer, int? maxLength, int? stride)
    {
        int asked = tokenizer.Encode(question.Text, options: new EncodeOptions { AddSpecialTokens = false }).Count;
        Encoding encoding = tokenizer.Encode(question.Text, question.Context);
        if (maxLength is { } length && encoding.Count > length)
        {
            int room = length - asked - tokenizer.Encode("", "").Count;
            encoding = tokenizer.Encode(question.Text, question.Context, new EncodeOptions
            {
                MaxLength = length,
                Truncation = Truncation.OnlySecond,
                Stride = StrideOf(question, length, room, stride),
            });
        }

        return [.. encoding.Overflow.Prepend(encoding).Select(window => Of(question, window, asked))];
    }

    /// <summary>
    /// The first and last token of the answer; <see cref="NoAnswer"/> for both where there is none, or the window does
    /// not have all of it.
    /// </summary>
    public (int Start, int End) Target()
    {
        if (Question.Place is not { } answer || Places.Length == 0
            || Places[0].Start > answer.Start || Places[^1].End < answer.End)
        {
            return (NoAnswer, NoAnswer);
        }

        int start = Array.FindLastIndex(Places, place => place.Start <= answer.Start);
        int end = Array.FindIndex(Places, place => place.End >= answer.End);
        return start <= end ? (First + start, First + end) : (First + end, First + end);
    }

    /// <summary>Whether another window has its tokens at the same places.</summary>
    public bool IsOver(ContextWindow other) => InputIds.Length == other.InputIds.Length && First == other.First
        && Places.SequenceEqual(other.Places);

    private static ContextWindow Of(QuestionExample question, Encoding window, int asked)
    {
        int[] texts = [.. Enumerable.Range(0, window.Count).Where(token => window.SpecialTokensMask[token] == 0)];
        int[] context = texts[asked..];
        return new ContextWindow(
            [.. window.Ids], [.. window.TypeIds], question, context.Length > 0 ? context[0] : window.Count,
            [.. context.Select(token => window.Offsets[token])]);
    }

    private static int StrideOf(QuestionExample question, int length, int room, int? stride)
    {
        if (room < 1)
        {
            throw new RunException(
                $"{Named(question)} has {length - room} tokens with the special ones, which leaves no room for "
                + $"its context in {length}. Allow more tokens (--max-length), or shorten the question.");
        }

        int usual = Math.Min(ModelTask.UsualStride, length / 2);
        return stride is null ? (usual < room ? usual : room / 2)
            : stride < room ? stride.Value
            : throw new RunException($"{Named(question)} leaves room for {room} tokens of its context in {length}, but "
                + $"windows are to share {stride}. Take a stride below {room} (--stride), or allow more tokens "
                + "(--max-length).");
    }

    private static string Named(QuestionExample question)
    {
        string text = question.Text.Length > 60 ? question.Text[..60] + "…" : question.Text;
        return $"the question '{text}'{(question.Id is { } id ? $" ({id})" : "")}";
    }
}
