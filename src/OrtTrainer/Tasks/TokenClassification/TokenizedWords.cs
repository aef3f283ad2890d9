using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>
/// A text as tokens, or a window of one that is longer than the model reads, with its words and the token that speaks
/// for each of them: its first one, as Devlin et al. (2019) have it.
/// </summary>
/// <param name="InputIds">Token ids with special tokens.</param>
/// <param name="TokenTypeIds">Segment per token.</param>
/// <param name="Text">The text.</param>
/// <param name="Words">Where each word stands in the text, [W].</param>
/// <param name="FirstTokens">The index of each word's first token, [W]; <see cref="None"/> where it is in another
/// window, or the tokenizer makes nothing of the word.</param>
internal sealed record TokenizedWords(
    int[] InputIds, int[] TokenTypeIds, string Text, IReadOnlyList<TextRange> Words, IReadOnlyList<int> FirstTokens)
    : TokenizedExample(InputIds, TokenTypeIds)
{
    /// <summary>The first token of a word without any.</summary>
    public const int None = -1;

    /// <summary>The word that each token is of, by index; <see cref="None"/> for special tokens and those between
    /// words.</summary>
    public required IReadOnlyList<int> WordOfTokens { get; init; }

    /// <summary>
    /// The words that this window decides, by index: each word is decided by the window that has the most on both sides
    /// of its first token.
    /// </summary>
    public required IReadOnlyList<int> Decided { get; init; }

    /// <summary>
    /// The windows of an example: one, or several where it has more tokens than fit. Words of a plain text are the
    /// tokenizer's own.
    /// </summary>
    /// <param name="example">What is read.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxLength">The most tokens of an input; null for no limit.</param>
    /// <param name="stride">How many tokens a window shares with the one before; null for
    /// <see cref="ModelTask.UsualStride"/>, but at most half of what there is room for.</param>
    /// <exception cref="RunException">The stride leaves no room for new tokens, or special tokens leave
    /// none.</exception>
    public static TokenizedWords[] Of(Example example, Tokenizer tokenizer, int? maxLength, int? stride)
    {
        Encoding whole = tokenizer.Encode(example.Text);
        (IReadOnlyList<TextRange> words, int[] wordOf) = example is TaggedExample tagged
            ? (tagged.Words, WordOf(tagged.Words, whole))
            : OwnWords(whole);
        int[] first = FirstOf(words.Count, wordOf);
        if (maxLength is not { } length || whole.Count <= length)
        {
            return
            [
                new TokenizedWords([.. whole.Ids], [.. whole.TypeIds], example.Text, words, first)
                {
                    WordOfTokens = wordOf,
                    Decided = [.. Enumerable.Range(0, first.Length).Where(word => first[word] != None)],
                },
            ];
        }

        int room = length - whole.SpecialTokensMask.Sum();
        int shared = StrideOf(room, length, stride);
        Encoding start =
            tokenizer.Encode(example.Text, options: new EncodeOptions { MaxLength = length, Stride = shared });
        int[] wordOfText = [.. wordOf.Where((_, token) => whole.SpecialTokensMask[token] == 0)];
        return Windows(
            example.Text, words, PlacesInText(whole, first), wordOfText, [start, .. start.Overflow], room - shared);
    }

    private static int StrideOf(int room, int length, int? stride) =>
        room < 1
            ? throw new RunException($"Special tokens leave no room for a text in {length} tokens. Allow more "
                + "(--max-length).")
            : stride is null ? Math.Min(ModelTask.UsualStride, room / 2)
            : stride < room ? stride.Value
            : throw new RunException($"Windows of {length} tokens have room for {room} of the text, but are to share "
                + $"{stride}. Take a stride below {room} (--stride), or allow more tokens (--max-length).");

    /// <summary>The place of each word's first token among those of the text, [W].</summary>
    private static int[] PlacesInText(Encoding whole, int[] first)
    {
        int[] places = new int[whole.Count];
        int texts = 0;
        for (int token = 0; token < places.Length; token++)
        {
            places[token] = texts;
            texts += 1 - whole.SpecialTokensMask[token];
        }

        return Array.ConvertAll(first, token => token == None ? None : places[token]);
    }

    private static TokenizedWords[] Windows(
        string text, IReadOnlyList<TextRange> words, int[] places, int[] wordOfText, Encoding[] windows, int step)
    {
        int[][] tokens = [.. windows.Select(window =>
            Enumerable.Range(0, window.Count).Where(token => window.SpecialTokensMask[token] == 0).ToArray())];
        int[] deciding = [.. places.Select(place => place == None ? None : Deciding(place))];
        return [.. windows.Select((window, number) => new TokenizedWords(
            [.. window.Ids], [.. window.TypeIds], text, words, [.. places.Select(place => TokenOf(place, number))])
        {
            WordOfTokens = WordsOf(window, number),
            Decided = [.. Enumerable.Range(0, places.Length).Where(word => deciding[word] == number)],
        })];

        int[] WordsOf(Encoding window, int number)
        {
            int[] of = new int[window.Count];
            Array.Fill(of, None);
            for (int i = 0; i < tokens[number].Length; i++)
            {
                of[tokens[number][i]] = wordOfText[(number * step) + i];
            }

            return of;
        }

        int TokenOf(int place, int window) =>
            place != None && place - (window * step) is var token && token >= 0 && token < tokens[window].Length
                ? tokens[window][token]
                : None;

        // What is at the start or the end of the text has all of its context there.
        int Deciding(int place) => Enumerable.Range(0, windows.Length)
            .Where(window => TokenOf(place, window) != None)
            .MaxBy(window => Math.Min(
                window == 0 ? int.MaxValue : place - (window * step),
                window == windows.Length - 1 ? int.MaxValue : (window * step) + tokens[window].Length - 1 - place));
    }

    // A token belongs to the word its last character is in: some tokenizers count the space before a word to its first
    // token.
    private static int[] WordOf(IReadOnlyList<TextRange> words, Encoding tokens)
    {
        int[] of = NoWords(tokens);
        int word = 0;
        foreach (int token in TokensOfText(tokens))
        {
            int last = tokens.Offsets[token].End - 1;
            while (word < words.Count && words[word].End <= last)
            {
                word++;
            }

            if (word < words.Count && words[word].Start <= last)
            {
                of[token] = word;
            }
        }

        return of;
    }

    private static (IReadOnlyList<TextRange> Words, int[] WordOf) OwnWords(Encoding tokens)
    {
        List<TextRange> words = [];
        int[] of = NoWords(tokens);
        int previous = Encoding.NoWord;
        foreach (int token in TokensOfText(tokens))
        {
            TextRange place = tokens.Offsets[token];
            if (words.Count > 0 && tokens.WordIds[token] == previous)
            {
                words[^1] = words[^1] with { End = place.End };
            }
            else
            {
                words.Add(place);
                previous = tokens.WordIds[token];
            }

            of[token] = words.Count - 1;
        }

        return (words, of);
    }

    private static int[] FirstOf(int words, int[] wordOf)
    {
        int[] first = new int[words];
        Array.Fill(first, None);
        for (int token = wordOf.Length - 1; token >= 0; token--)
        {
            if (wordOf[token] != None)
            {
                first[wordOf[token]] = token;
            }
        }

        return first;
    }

    private static int[] NoWords(Encoding tokens)
    {
        int[] none = new int[tokens.Count];
        Array.Fill(none, None);
        return none;
    }

    private static IEnumerable<int> TokensOfText(Encoding tokens) =>
        Enumerable.Range(0, tokens.Count)
            .Where(token => tokens.SpecialTokensMask[token] == 0 && tokens.Offsets[token].Length > 0);
}
