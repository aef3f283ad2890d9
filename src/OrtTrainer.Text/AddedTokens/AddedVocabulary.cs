using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Text.AddedTokens;

/// <summary>All added tokens of a tokenizer.</summary>
internal sealed class AddedVocabulary
{
    private readonly Normalizer? _normalizer;
    private readonly AddedTokenMatcher _raw;
    private readonly AddedTokenMatcher _normalized;
    private readonly Dictionary<int, (string Text, bool Special)> _decoded = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _byId = [];

    /// <summary>The tokens, those to be found in normalized text prepared with the tokenizer's normalizer.</summary>
    public AddedVocabulary(IReadOnlyList<AddedToken> tokens, Normalizer? normalizer)
    {
        _normalizer = normalizer;
        Tokens = tokens;
        HashSet<string> special = [.. tokens.Where(token => token.Special).Select(token => token.Content)];
        foreach (AddedToken token in tokens)
        {
            string pattern = Pattern(token);
            _ids[token.Content] = token.Id;
            _byId[token.Id] = token;
            _decoded[token.Id] = (pattern, special.Contains(pattern));
        }

        _raw = new AddedTokenMatcher(tokens.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        _normalized = new AddedTokenMatcher(
            tokens.Where(token => token.Normalized).Select(token => (Pattern(token), token)));
    }

    /// <summary>The tokens as they were given.</summary>
    public IReadOnlyList<AddedToken> Tokens { get; }

    /// <summary>Whether a token would be found in normalized text only.</summary>
    public bool HasNormalizedTokens => !_normalized.IsEmpty;

    /// <summary>The id of an added token, or null.</summary>
    public int? Id(string content) => _ids.TryGetValue(content, out int id) ? id : null;

    /// <summary>The added token of an id, or null.</summary>
    public AddedToken? Token(int id) => _byId.GetValueOrDefault(id);

    /// <summary>
    /// What decoding writes for an added token, and whether it leaves it out on request. As in the reference
    /// implementation a token that is looked for in normalized text is written as it is looked for, and counts as
    /// special only if that is its content.
    /// </summary>
    public (string Text, bool Special)? Decoded(int id) => _decoded.TryGetValue(id, out var decoded) ? decoded : null;

    /// <summary>
    /// Finds added tokens, normalizes the text between them, and finds those that need normalized text.
    /// </summary>
    public PreTokenizedText Extract(ReadOnlySpan<char> text)
    {
        PreTokenizedText pieces = new();
        foreach ((NormalizedText part, int? id) in Cut(new NormalizedText(text), _raw))
        {
            if (id is not null)
            {
                pieces.Add(part, id);
                continue;
            }

            _normalizer?.Normalize(part);
            foreach ((NormalizedText inner, int? innerId) in Cut(part, _normalized))
            {
                pieces.Add(inner, innerId);
            }
        }

        return pieces;
    }

    private static IEnumerable<(NormalizedText Part, int? Id)> Cut(NormalizedText text, AddedTokenMatcher matcher)
    {
        if (matcher.IsEmpty)
        {
            yield return (text, null);
            yield break;
        }

        int done = 0;
        foreach ((TextRange range, AddedToken token) in matcher.Matches(text.Points.ToArray()))
        {
            if (range.Start > done)
            {
                yield return (text.Slice(done, range.Start), null);
            }

            yield return (text.Slice(range.Start, range.End), token.Id);
            done = range.End;
        }

        if (done < text.Length)
        {
            yield return (done == 0 ? text : text.Slice(done, text.Length), null);
        }
    }

    private string Pattern(AddedToken token) =>
        token.Normalized && _normalizer is not null ? _normalizer.Normalize(token.Content) : token.Content;
}
