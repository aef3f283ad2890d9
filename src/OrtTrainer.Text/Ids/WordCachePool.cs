using System.Collections.Concurrent;

namespace OrtTrainer.Text.Ids;

/// <summary>Lends each thread a cache, so that none is shared and none is lost.</summary>
internal sealed class WordCachePool
{
    private readonly ConcurrentBag<WordCache> _free = [];

    /// <summary>A cache for the caller alone, until it is returned.</summary>
    public WordCache Rent() => _free.TryTake(out WordCache? cache) ? cache : new WordCache();

    /// <summary>Takes a cache back.</summary>
    public void Return(WordCache cache) => _free.Add(cache);
}
