using System.Globalization;
using System.Text;
using OrtTrainer.Common;
using OrtTrainer.Text;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>Finds an answer in its context, also where the data state its place a little wrong.</summary>
internal static class AnswerPlace
{
    private static readonly UnicodeFormNormalizer Canonical = new(UnicodeForm.Nfd);

    /// <summary>
    /// The place of the answer that is nearest to the one stated, in code points. Some data count UTF-16 units or
    /// bytes, and some write accents as letters of their own in one of both texts: those are found too.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="answer">The answer, not empty.</param>
    /// <returns>Null where the context does not have it.</returns>
    public static TextRange? Find(string context, AcceptedAnswer answer)
    {
        int stated = CodePoints.IndexOf(context, Math.Max(0, answer.Start));
        if (answer.Start >= 0 && context.AsSpan(stated).StartsWith(answer.Text, StringComparison.Ordinal))
        {
            return new TextRange(answer.Start, answer.Start + CodePoints.Count(answer.Text));
        }

        IEnumerable<(int Start, int End)> found = Occurrences(context, answer.Text)
            .Select(start => (start, start + answer.Text.Length));
        if (!found.Any())
        {
            found = Equivalents(context, answer.Text);
        }

        TextRange[] places =
        [
            .. found.Select(place => (Start: CodePoints.Count(context.AsSpan(0, place.Start)), place))
                .Select(at => new TextRange(
                    at.Start, at.Start + CodePoints.Count(context.AsSpan()[at.place.Start..at.place.End]))),
        ];
        return places.Length == 0 ? null : places.MinBy(place => Math.Abs((long)place.Start - answer.Start));
    }

    private static IEnumerable<int> Occurrences(string text, string part)
    {
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0;
            at = at + 1 < text.Length ? text.IndexOf(part, at + 1, StringComparison.Ordinal) : -1)
        {
            yield return at;
        }
    }

    // Both in canonical decomposition, character by character, so that places can be led back to the text.
    private static IEnumerable<(int Start, int End)> Equivalents(string context, string answer)
    {
        StringBuilder decomposed = new();
        Dictionary<int, int> borders = [];
        TextElementEnumerator characters = StringInfo.GetTextElementEnumerator(context);
        while (characters.MoveNext())
        {
            borders[decomposed.Length] = characters.ElementIndex;
            decomposed.Append(Decomposed(characters.GetTextElement()));
        }

        borders[decomposed.Length] = context.Length;
        string part = Decomposed(answer);
        foreach (int at in Occurrences(decomposed.ToString(), part))
        {
            if (borders.TryGetValue(at, out int start) && borders.TryGetValue(at + part.Length, out int end))
            {
                yield return (start, end);
            }
        }
    }

    private static string Decomposed(string text) => Canonical.Normalize(text);
}
