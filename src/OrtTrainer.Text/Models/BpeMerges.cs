namespace OrtTrainer.Text.Models;

/// <summary>Which pairs of tokens merge, in which order of preference, and to what.</summary>
internal sealed class BpeMerges
{
    private readonly Dictionary<long, (int Rank, int Id)> _merges;

    /// <summary>Merges in order of preference.</summary>
    /// <exception cref="UnknownMergeException">A token or the merged token is not in the vocabulary.</exception>
    public BpeMerges(Vocabulary vocabulary, IEnumerable<(string Left, string Right)> merges, string continuingPrefix)
    {
        _merges = [];
        int rank = 0;
        foreach ((string left, string right) in merges)
        {
            string tail = right.StartsWith(continuingPrefix, StringComparison.Ordinal) ? right[continuingPrefix.Length..] : right;
            _merges[Key(Require(left), Require(right))] = (rank++, Require(left + tail));
        }

        int Require(string token) => vocabulary.Id(token)
            ?? throw new UnknownMergeException($"merge number {rank} needs the token '{token}', which the vocabulary lacks");
    }

    /// <summary>The merge of two neighbouring tokens, if there is one.</summary>
    public bool TryGet(int left, int right, out (int Rank, int Id) merge) => _merges.TryGetValue(Key(left, right), out merge);

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
