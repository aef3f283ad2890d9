namespace OrtTrainer.Text.Models;

/// <summary>Tokens and their ids, both ways. Ids may have gaps.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly string?[] _tokens;

    /// <summary>
    /// A vocabulary of tokens and ids; of two tokens with one id the last is the one an id stands for.
    /// </summary>
    public Vocabulary(IEnumerable<KeyValuePair<string, int>> entries)
    {
        _ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int largest = -1;
        foreach ((string token, int id) in entries)
        {
            _ids[token] = id;
            largest = Math.Max(largest, id);
        }

        _idsBySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = new string?[largest + 1];
        foreach ((string token, int id) in _ids)
        {
            _tokens[id] = token;
        }
    }

    /// <summary>The number of tokens.</summary>
    public int Count => _ids.Count;

    /// <summary>All tokens with their ids.</summary>
    public IReadOnlyDictionary<string, int> Entries => _ids;

    /// <summary>The id of a token, or null.</summary>
    public int? Id(ReadOnlySpan<char> token) => _idsBySpan.TryGetValue(token, out int id) ? id : null;

    /// <summary>The token of an id, or null.</summary>
    public string? Token(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;
}
