using System.Text.RegularExpressions;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>
/// Scores of an answer to a question about a text, as the official script of SQuAD (Rajpurkar et al. 2016) defines
/// them: without case, ASCII punctuation, English articles and repeated spaces.
/// </summary>
internal static partial class ExtractiveAnswer
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>1 where the answer is one of the references, else 0.</summary>
    /// <param name="answer">The predicted answer; empty for none.</param>
    /// <param name="references">Accepted answers, one or more.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public static double ExactMatch(string answer, IReadOnlyList<string> references) =>
        Best(references, reference => Normalized(answer) == Normalized(reference) ? 1 : 0);

    /// <summary>
    /// F1 of the words of the answer, against the reference that gives most; an empty answer is right where the
    /// reference is empty too.
    /// </summary>
    /// <param name="answer">The predicted answer; empty for none.</param>
    /// <param name="references">Accepted answers, one or more.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public static double F1(string answer, IReadOnlyList<string> references) => Best(references, reference =>
    {
        (string[] found, string[] expected) = (Words(answer), Words(reference));
        if (found.Length == 0 || expected.Length == 0)
        {
            return found.Length == expected.Length ? 1 : 0;
        }

        return TextOverlap.Of(Tally.Shared(Tally.Of(found), Tally.Of(expected)), found.Length, expected.Length).F1;
    });

    private static double Best(IReadOnlyList<string> references, Func<string, double> score)
    {
        ArgumentNullException.ThrowIfNull(references);
        return references.Count > 0
            ? references.Max(score)
            : throw new ArgumentException("There is no reference answer; an unanswerable question has an empty one.");
    }

    private static string Normalized(string text) => string.Join(' ', Words(text));

    private static string[] Words(string text)
    {
        string bare = string.Concat(text.ToLowerInvariant().Where(character => !Punctuation.Contains(character)));
        return Articles().Replace(bare, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"\b(a|an|the)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Articles();
}
