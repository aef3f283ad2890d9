using System.Numerics;

namespace OrtTrainer.Text.Models;

/// <summary>
/// Which pairs of tokens merge, in which order of preference, and to what: an open-addressing hash table. The
/// framework's dictionary hashes a pair of ids to their exclusive or, which makes neighbouring ids collide.
/// </summary>
internal sealed class BpeMerges
{
    private const ulong Free = ulong.MaxValue;
    private readonly ulong[] _keys;
    private readonly (int Rank, int Id)[] _merges;
    private readonly int _shift;

    /// <summary>Merges in order of preference; of two for the same pair the later one counts.</summary>
    /// <exception cref="UnknownMergeException">A token or the merged token is not in the vocabulary.</exception>
    public BpeMerges(Vocabulary vocabulary, IEnumerable<(string Left, string Right)> merges, string continuingPrefix)
    {
        List<(string Left, string Right)> all = [.. merges];
        int capacityLog2 = BitOperations.Log2((uint)all.Count + 1) + 2;
        _shift = 64 - capacityLog2;
        _keys = new ulong[1 << capacityLog2];
        _merges = new (int Rank, int Id)[_keys.Length];
        Array.Fill(_keys, Free);
        for (int rank = 0; rank < all.Count; rank++)
        {
            (string left, string right) = all[rank];
            string tail = right.StartsWith(continuingPrefix, StringComparison.Ordinal)
                ? right[continuingPrefix.Length..]
                : right;
            ulong key = Key(Require(left, rank), Require(right, rank));
            int place = Find(key);
            _keys[place] = key;
            _merges[place] = (rank, Require(left + tail, rank));
        }

        int Require(string token, int rank) => vocabulary.Id(token)
            ?? throw new UnknownMergeException(
                $"merge number {rank} needs the token '{token}', which the vocabulary lacks");
    }

    /// <summary>The merge of two neighbouring tokens, if there is one.</summary>
    public bool TryGet(int left, int right, out (int Rank, int Id) merge)
    {
        int place = Find(Key(left, right));
        merge = _merges[place];
        return _keys[place] != Free;
    }

    /// <summary>The ids of the two tokens of every merge, first merge first.</summary>
    public IEnumerable<(int Left, int Right)> InOrder() =>
        Enumerable.Range(0, _keys.Length).Where(place => _keys[place] != Free).OrderBy(place => _merges[place].Rank)
            .Select(place => ((int)(_keys[place] >> 32), (int)(uint)_keys[place]));

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Find(ulong key)
    {
        // Multiplicative hashing; at most half of the places are taken, so that the search ends.
        int place = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[place] != key && _keys[place] != Free)
        {
            place = (place + 1) & (_keys.Length - 1);
        }

        return place;
    }
}
