using OrtTrainer.Data;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>
/// A text as tokens, with its words and the token that speaks for each of them: its first one, as Devlin et al. (2019)
/// have it.
/// </summary>
/// <param name="InputIds">Token ids with special tokens.</param>
/// <param name="TokenTypeIds">Segment per token.</param>
/// <param name="Text">The text.</param>
/// <param name="Words">Where each word stands in the text, [W].</param>
/// <param name="FirstTokens">The index of each word's first token, [W]; <see cref="None"/> where it was cut off, or the
/// tokenizer makes nothing of it.</param>
internal sealed record TokenizedWords(
    int[] InputIds, int[] TokenTypeIds, string Text, IReadOnlyList<TextRange> Words, IReadOnlyList<int> FirstTokens)
    : TokenizedExample(InputIds, TokenTypeIds)
{
    /// <summary>The first token of a word without any.</summary>
    public const int None = -1;

    /// <summary>Finds the words of an example; those of a plain text are the tokenizer's own.</summary>
    /// <param name="example">What was encoded.</param>
    /// <param name="tokens">Its tokens.</param>
    public static TokenizedWords Of(Example example, Encoding tokens)
    {
        (IReadOnlyList<TextRange> words, int[] first) = example is TaggedExample tagged
            ? (tagged.Words, FirstOf(tagged.Words, tokens))
            : OwnWords(tokens);
        return new TokenizedWords([.. tokens.Ids], [.. tokens.TypeIds], example.Text, words, first);
    }

    // A token belongs to the word its last character is in: some tokenizers count the space before a word to its first
    // token.
    private static int[] FirstOf(IReadOnlyList<TextRange> words, Encoding tokens)
    {
        int[] first = new int[words.Count];
        Array.Fill(first, None);
        int word = 0;
        foreach (int token in TokensOfText(tokens))
        {
            int last = tokens.Offsets[token].End - 1;
            while (word < first.Length && words[word].End <= last)
            {
                word++;
            }

            if (word < first.Length && words[word].Start <= last && first[word] == None)
            {
                first[word] = token;
            }
        }

        return first;
    }

    private static (IReadOnlyList<TextRange> Words, int[] First) OwnWords(Encoding tokens)
    {
        List<TextRange> words = [];
        List<int> first = [];
        int previous = Encoding.NoWord;
        foreach (int token in TokensOfText(tokens))
        {
            TextRange place = tokens.Offsets[token];
            if (words.Count > 0 && tokens.WordIds[token] == previous)
            {
                words[^1] = words[^1] with { End = place.End };
                continue;
            }

            words.Add(place);
            first.Add(token);
            previous = tokens.WordIds[token];
        }

        return (words, [.. first]);
    }

    private static IEnumerable<int> TokensOfText(Encoding tokens) =>
        Enumerable.Range(0, tokens.Count)
            .Where(token => tokens.SpecialTokensMask[token] == 0 && tokens.Offsets[token].Length > 0);
}
