namespace OrtTrainer.Text.Models;

/// <summary>Merges the symbols of one word: always the pair of the lowest rank, of equal ones the leftmost.</summary>
internal static class BpeWord
{
    // Up to here looking through all pairs each time is faster than a queue.
    private const int LongestScanned = 24;

    /// <summary>Links the symbols of a word in order.</summary>
    public static void Link(Span<BpeSymbol> symbols)
    {
        for (int i = 0; i < symbols.Length; i++)
        {
            symbols[i].Previous = i - 1;
            symbols[i].Next = i + 1 < symbols.Length ? i + 1 : -1;
        }
    }

    /// <summary>Merges linked symbols as far as they go; those that are gone are marked.</summary>
    public static void MergeAll(Span<BpeSymbol> symbols, BpeMerges merges)
    {
        if (symbols.Length <= LongestScanned)
        {
            MergeByScanning(symbols, merges);
        }
        else
        {
            MergeByQueue(symbols, merges);
        }
    }

    private static void MergeByScanning(Span<BpeSymbol> symbols, BpeMerges merges)
    {
        if (symbols.Length < 2)
        {
            return;
        }

        // ranks[i] is the rank of the pair that begins at i; only pairs next to a merge change.
        Span<int> ranks = stackalloc int[LongestScanned];
        Span<int> ids = stackalloc int[LongestScanned];
        for (int i = 0; i < symbols.Length; i++)
        {
            Look(symbols, i, merges, ranks, ids);
        }

        while (true)
        {
            int best = 0;
            for (int i = symbols[0].Next; i >= 0; i = symbols[i].Next)
            {
                if (ranks[i] < ranks[best])
                {
                    best = i;
                }
            }

            if (ranks[best] == int.MaxValue)
            {
                return;
            }

            Merge(symbols, best, ids[best]);
            Look(symbols, best, merges, ranks, ids);
            if (symbols[best].Previous >= 0)
            {
                Look(symbols, symbols[best].Previous, merges, ranks, ids);
            }
        }
    }

    private static void Look(Span<BpeSymbol> symbols, int left, BpeMerges merges, Span<int> ranks, Span<int> ids)
    {
        int right = symbols[left].Next;
        if (right >= 0 && merges.TryGet(symbols[left].Id, symbols[right].Id, out (int Rank, int Id) merge))
        {
            (ranks[left], ids[left]) = merge;
        }
        else
        {
            ranks[left] = int.MaxValue;
        }
    }

    private static void MergeByQueue(Span<BpeSymbol> symbols, BpeMerges merges)
    {
        PriorityQueue<(int Left, int Id), (int Rank, int Left)> queue = new(symbols.Length);
        for (int i = 0; i < symbols.Length; i++)
        {
            Enqueue(symbols, i, merges, queue);
        }

        while (queue.TryDequeue(out (int Left, int Id) merge, out _))
        {
            // An entry is stale where its pair has changed since.
            int left = merge.Left;
            if (symbols[left].Gone
                || symbols[left].Next < 0
                || !merges.TryGet(symbols[left].Id, symbols[symbols[left].Next].Id, out (int Rank, int Id) now)
                || now.Id != merge.Id)
            {
                continue;
            }

            Merge(symbols, left, merge.Id);
            Enqueue(symbols, left, merges, queue);
            if (symbols[left].Previous >= 0)
            {
                Enqueue(symbols, symbols[left].Previous, merges, queue);
            }
        }
    }

    private static void Enqueue(
        Span<BpeSymbol> symbols, int left, BpeMerges merges,
        PriorityQueue<(int Left, int Id), (int Rank, int Left)> queue)
    {
        int right = symbols[left].Next;
        if (right >= 0 && merges.TryGet(symbols[left].Id, symbols[right].Id, out (int Rank, int Id) merge))
        {
            queue.Enqueue((left, merge.Id), (merge.Rank, left));
        }
    }

    private static void Merge(Span<BpeSymbol> symbols, int left, int id)
    {
        int right = symbols[left].Next;
        symbols[left].Id = id;
        symbols[left].End = symbols[right].End;
        symbols[left].Next = symbols[right].Next;
        symbols[right].Gone = true;
        if (symbols[left].Next >= 0)
        {
            symbols[symbols[left].Next].Previous = left;
        }
    }
}
