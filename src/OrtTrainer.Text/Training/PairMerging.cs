using System.Runtime.InteropServices;
using System.Text;

namespace OrtTrainer.Text.Training;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016) as BpeTrainer of Hugging Face's tokenizers: the pair of neighboring tokens
/// that occurs most often, of several the one of the smallest ids, becomes a token, until there are enough. Counts are
/// kept up to date by the words that a merge changes, and a heap knows the next pair.
/// </summary>
/// <param name="vocabulary">The tokens so far, by id; new ones are appended.</param>
/// <param name="prefix">What marks tokens inside a word; empty for nothing.</param>
internal sealed class PairMerging(List<string> vocabulary, string prefix)
{
    private readonly Dictionary<string, int> _ids = vocabulary.Select((token, id) => (token, id))
        .ToDictionary(entry => entry.token, entry => entry.id, StringComparer.Ordinal);

    private readonly Dictionary<ulong, long> _counts = new(new PairHash());
    private readonly PriorityQueue<Candidate, (long Count, ulong Pair)> _queue =
        new(Comparer<(long Count, ulong Pair)>.Create((one, other) => one.Count == other.Count
            ? one.Pair.CompareTo(other.Pair)
            : other.Count.CompareTo(one.Count)));

    private int[] _symbols = [];
    private int[] _starts = [];
    private int[] _lengths = [];
    private long[] _wordCounts = [];

    /// <summary>The merges so far, in order: the ids of both tokens.</summary>
    public List<(int Left, int Right)> Merges { get; } = [];

    /// <summary>Merges until the vocabulary is large enough, or no pair occurs often enough.</summary>
    /// <param name="words">The words with their counts; characters without a token are passed over.</param>
    /// <param name="size">The tokens there shall be.</param>
    /// <param name="minFrequency">The least number of times that a merged pair occurs.</param>
    /// <param name="cancellation">Stops between two merges.</param>
    public void Run(
        IReadOnlyList<(string Word, long Count)> words, int size, long minFrequency, CancellationToken cancellation)
    {
        Spell(words);
        CountPairs();
        while (vocabulary.Count < size && _queue.TryDequeue(out Candidate? top, out (long Count, ulong Pair) rank))
        {
            cancellation.ThrowIfCancellationRequested();
            long count = _counts[rank.Pair];
            if (count != rank.Count)
            {
                _queue.Enqueue(top, (count, rank.Pair));
                continue;
            }

            if (count < Math.Max(1, minFrequency))
            {
                break;
            }

            Merge(rank.Pair, top.Words);
        }
    }

    /// <summary>Writes the words as the ids of their characters; those inside a word get the prefix.</summary>
    private void Spell(IReadOnlyList<(string Word, long Count)> words)
    {
        List<int> symbols = [];
        _starts = new int[words.Count];
        _lengths = new int[words.Count];
        _wordCounts = new long[words.Count];
        for (int word = 0; word < words.Count; word++)
        {
            _starts[word] = symbols.Count;
            bool isInside = false;
            foreach (Rune rune in words[word].Word.EnumerateRunes())
            {
                string token = rune.ToString();
                if (_ids.ContainsKey(token))
                {
                    symbols.Add(IdOf(isInside ? prefix + token : token));
                }

                isInside = true;
            }

            _lengths[word] = symbols.Count - _starts[word];
            _wordCounts[word] = words[word].Count;
        }

        _symbols = [.. symbols];
    }

    private void CountPairs()
    {
        Dictionary<ulong, List<int>> places = new(new PairHash());
        for (int word = 0; word < _starts.Length; word++)
        {
            Span<int> symbols = _symbols.AsSpan(_starts[word], _lengths[word]);
            for (int i = 1; i < symbols.Length; i++)
            {
                Add(Pair(symbols[i - 1], symbols[i]), _wordCounts[word], word, places);
            }
        }

        Enqueue(places);
    }

    private void Merge(ulong pair, List<int> words)
    {
        (int left, int right) = ((int)(pair >> 32), (int)(uint)pair);
        string tail = vocabulary[right];
        int made = IdOf(vocabulary[left]
            + (prefix.Length > 0 && tail.StartsWith(prefix, StringComparison.Ordinal) ? tail[prefix.Length..] : tail));
        Merges.Add((left, right));
        Dictionary<ulong, List<int>> places = new(new PairHash());
        foreach (int word in words)
        {
            MergeIn(word, left, right, made, places);
        }

        Enqueue(places);
    }

    private void MergeIn(int word, int left, int right, int made, Dictionary<ulong, List<int>> places)
    {
        Span<int> symbols = _symbols.AsSpan(_starts[word], _lengths[word]);
        long count = _wordCounts[word];
        int kept = 0;
        for (int i = 0; i < symbols.Length; i++, kept++)
        {
            if (symbols[i] != left || i + 1 == symbols.Length || symbols[i + 1] != right)
            {
                symbols[kept] = symbols[i];
                continue;
            }

            if (kept > 0)
            {
                Add(Pair(symbols[kept - 1], left), -count, word, places);
                Add(Pair(symbols[kept - 1], made), count, word, places);
            }

            if (i + 2 < symbols.Length)
            {
                Add(Pair(right, symbols[i + 2]), -count, word, places);
                Add(Pair(made, symbols[i + 2]), count, word, places);
            }

            symbols[kept] = made;
            i++;
        }

        _lengths[word] = kept;
    }

    private void Add(ulong pair, long change, int word, Dictionary<ulong, List<int>> places)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += change;
        if (change > 0)
        {
            ref List<int>? words = ref CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _);
            words ??= [];

            // Words come one after the other, so that one that is there already is the last.
            if (words.Count == 0 || words[^1] != word)
            {
                words.Add(word);
            }
        }
    }

    private void Enqueue(Dictionary<ulong, List<int>> places)
    {
        foreach ((ulong pair, List<int> words) in places)
        {
            if (_counts[pair] is var count and > 0)
            {
                _queue.Enqueue(new Candidate(words), (count, pair));
            }
        }
    }

    private int IdOf(string token)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, token, out bool exists);
        if (!exists)
        {
            id = vocabulary.Count;
            vocabulary.Add(token);
        }

        return id;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private sealed record Candidate(List<int> Words);

    /// <summary>The framework hashes a pair of ids to their exclusive or, which makes neighboring ids
    /// collide.</summary>
    private sealed class PairHash : IEqualityComparer<ulong>
    {
        public bool Equals(ulong one, ulong other) => one == other;

        public int GetHashCode(ulong pair) => (int)((pair * 0x9E3779B97F4A7C15) >> 32);
    }
}
