namespace OrtTrainer.Training.Batches;

/// <summary>
/// The tokens of a batch's sequences end to end. Filled anew for every step; its arrays are kept and only grow.
/// </summary>
internal sealed class TokenList
{
    private long[] _ids = [];
    private long[] _positions = [];
    private long[] _offsets = [];
    private int _sequences;

    /// <summary>The number of tokens, T.</summary>
    public int Count { get; private set; }

    /// <summary>Token ids, [T].</summary>
    public ReadOnlySpan<long> Ids => _ids.AsSpan(0, Count);

    /// <summary>Positions in their sequence from 0, [T].</summary>
    public ReadOnlySpan<long> Positions => _positions.AsSpan(0, Count);

    /// <summary>Where each sequence starts and the last one ends, [B + 1].</summary>
    public ReadOnlySpan<long> Offsets => _offsets.AsSpan(0, _sequences + 1);

    /// <summary>Forgets all sequences and makes room.</summary>
    /// <param name="sequences">The most that follow, B.</param>
    /// <param name="tokens">All of their tokens, T.</param>
    public void Start(int sequences, int tokens)
    {
        (Count, _sequences) = (0, 0);
        if (_ids.Length < tokens)
        {
            (_ids, _positions) = (new long[tokens], new long[tokens]);
        }

        if (_offsets.Length < sequences + 1)
        {
            _offsets = new long[sequences + 1];
        }
    }

    /// <summary>Adds a sequence behind the others.</summary>
    public void Add(ReadOnlySpan<int> ids)
    {
        for (int i = 0; i < ids.Length; i++, Count++)
        {
            (_ids[Count], _positions[Count]) = (ids[i], i);
        }

        _offsets[++_sequences] = Count;
    }
}
