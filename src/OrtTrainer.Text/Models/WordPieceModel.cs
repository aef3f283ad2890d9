using System.Text;

namespace OrtTrainer.Text.Models;

/// <summary>
/// Component WordPiece: the longest token that begins the word, then the longest continuation, and so on; a word that
/// cannot be covered, or is too long, is one unknown token.
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private const int LongestOnStack = 128;
    private readonly Dictionary<string, int> _continuations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuationsBySpan;
    private readonly int _longest;

    /// <summary>A model over a vocabulary that holds the unknown token.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="unknownId">The id of a word that cannot be tokenized.</param>
    /// <param name="continuationPrefix">What marks tokens that continue a word, "##" as a rule.</param>
    /// <param name="maxWordLength">The most code points a word may have before it is unknown.</param>
    public WordPieceModel(Vocabulary vocabulary, int unknownId, string continuationPrefix, int maxWordLength)
        : base(vocabulary)
    {
        UnknownId = unknownId;
        ContinuationPrefix = continuationPrefix;
        MaxWordLength = maxWordLength;
        foreach ((string token, int id) in vocabulary.Entries)
        {
            _longest = Math.Max(_longest, token.Length);
            if (token.StartsWith(continuationPrefix, StringComparison.Ordinal))
            {
                _continuations[token[continuationPrefix.Length..]] = id;
            }
        }

        _continuationsBySpan = _continuations.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The id of a word that cannot be tokenized.</summary>
    public int UnknownId { get; }

    /// <summary>What marks tokens that continue a word.</summary>
    public string ContinuationPrefix { get; }

    /// <summary>The most code points a word may have before it is unknown.</summary>
    public int MaxWordLength { get; }

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<int> word, List<ModelToken> tokens)
    {
        if (word.Length > MaxWordLength)
        {
            tokens.Add(new ModelToken(UnknownId, 0, word.Length));
            return;
        }

        // A code point is one or two UTF-16 units: pointAt tells to which a unit belongs.
        bool isShort = word.Length <= LongestOnStack;
        Span<char> units = isShort ? stackalloc char[2 * LongestOnStack] : new char[2 * word.Length];
        Span<int> pointAt = isShort ? stackalloc int[(2 * LongestOnStack) + 1] : new int[(2 * word.Length) + 1];
        int length = 0;
        for (int i = 0; i < word.Length; i++)
        {
            int count = new Rune(word[i]).EncodeToUtf16(units[length..]);
            pointAt.Slice(length, count).Fill(i);
            length += count;
        }

        pointAt[length] = word.Length;
        int before = tokens.Count;
        for (int start = 0; start < length;)
        {
            int end = LongestToken(units[..length], start, out int id);
            if (end == start)
            {
                tokens.RemoveRange(before, tokens.Count - before);
                tokens.Add(new ModelToken(UnknownId, 0, word.Length));
                return;
            }

            tokens.Add(new ModelToken(id, pointAt[start], pointAt[end]));
            start = end;
        }
    }

    /// <summary>Appends the ids of a word of valid UTF-16.</summary>
    public void TokenizeIds(ReadOnlySpan<char> word, List<int> ids)
    {
        int before = ids.Count;
        bool known = word.Length <= MaxWordLength || CountPoints(word) <= MaxWordLength;
        for (int start = 0; known && start < word.Length;)
        {
            int end = LongestToken(word, start, out int id);
            known = end > start;
            ids.Add(id);
            start = end;
        }

        if (!known)
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(UnknownId);
        }
    }

    private static int CountPoints(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char unit in word)
        {
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        return count;
    }

    private int LongestToken(ReadOnlySpan<char> word, int start, out int id)
    {
        for (int end = Math.Min(word.Length, start + _longest); end > start; end--)
        {
            ReadOnlySpan<char> part = word[start..end];
            if (start > 0)
            {
                if (_continuationsBySpan.TryGetValue(part, out id))
                {
                    return end;
                }
            }
            else if (Vocabulary.Id(part) is { } first)
            {
                id = first;
                return end;
            }
        }

        id = UnknownId;
        return start;
    }
}
