namespace OrtTrainer.Text.Ids;

/// <summary>
/// Remembers the ids of words: an open-addressing hash table over the words' bytes. When it is half full everything
/// is forgotten, so that its memory is bounded. For one thread at a time.
/// </summary>
internal sealed class WordCache
{
    private const int CapacityLog2 = 15;
    private readonly Entry[] _entries = new Entry[1 << CapacityLog2];
    private readonly List<int> _ids = [];
    private int _count;

    /// <summary>Appends the ids of a word if they are known.</summary>
    public bool TryAppend(WordKey key, List<int> ids)
    {
        ref readonly Entry entry = ref _entries[Find(key)];
        if (entry.Count == 0)
        {
            return false;
        }

        if (entry.Count == 1)
        {
            ids.Add(entry.FirstOrStart);
        }
        else
        {
            ids.AddRange(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ids).Slice(
                entry.FirstOrStart, entry.Count));
        }

        return true;
    }

    /// <summary>Remembers the ids of a word, one or more, that is not known yet.</summary>
    public void Add(WordKey key, ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty)
        {
            return;
        }

        if (++_count > _entries.Length / 2)
        {
            Array.Clear(_entries);
            _ids.Clear();
            _count = 1;
        }

        _entries[Find(key)] = new Entry
        {
            Key = key,
            FirstOrStart = ids.Length == 1 ? ids[0] : _ids.Count,
            Count = ids.Length,
        };
        if (ids.Length > 1)
        {
            _ids.AddRange(ids);
        }
    }

    private int Find(WordKey key)
    {
        // Multiplicative hashing: the high bits of the product depend on all bits of the key.
        ulong hash = (key.Low ^ ulong.RotateLeft(key.High * 0x9E3779B97F4A7C15, 29)) * 0xD6E8FEB86659FD93;
        int index = (int)(hash >> (64 - CapacityLog2));
        while (_entries[index].Count != 0 && _entries[index].Key != key)
        {
            index = (index + 1) & (_entries.Length - 1);
        }

        return index;
    }

    private struct Entry
    {
        public WordKey Key;

        /// <summary>The only id, or the place of the first in the list of all.</summary>
        public int FirstOrStart;

        /// <summary>The number of ids; 0 for a free entry.</summary>
        public int Count;
    }
}
