namespace OrtTrainer.Server.Batching;

/// <summary>
/// Texts that wait for the model. Requests take turns by tokens (start-time fair queueing, Goyal et al. 1996): a text's
/// turn is that of the queue when its request came, and the tokens of the request's texts before it, so that a request
/// of many texts does not hold up one that comes later with a few. Safe for use from several threads at once.
/// </summary>
/// <param name="capacity">The most texts that wait, 1 or more.</param>
/// <param name="former">Chooses what runs together.</param>
internal sealed class BatchQueue(int capacity, BatchFormer former)
{
    // Texts of like length are looked for among so many times what runs at once.
    private const int Ahead = 4;

    private readonly PriorityQueue<PendingText, (long Turn, long Arrival)> _waiting = new();
    private readonly object _lock = new();
    private long _turn;
    private long _arrivals;
    private bool _isClosed;

    /// <summary>How many texts wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Whether so many texts more may come.</summary>
    public bool HasRoomFor(int texts)
    {
        lock (_lock)
        {
            return HasRoom(texts);
        }
    }

    /// <summary>Appends the texts of a request, all or none.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(PendingRequest request)
    {
        lock (_lock)
        {
            if (!HasRoom(request.Texts.Count))
            {
                return false;
            }

            long turn = _turn;
            foreach (PendingText text in request.Texts)
            {
                _waiting.Enqueue(text, (turn, _arrivals++));
                turn += text.Tokens;
            }

            Monitor.PulseAll(_lock);
            return true;
        }
    }

    /// <summary>
    /// Takes what runs next, as soon as anything waits: whatever has come while the model ran makes the next batch.
    /// </summary>
    /// <returns>One text or more; null once the queue is closed and empty.</returns>
    public IReadOnlyList<PendingText>? Take()
    {
        lock (_lock)
        {
            while (true)
            {
                List<(PendingText Text, (long Turn, long Arrival) Order)> next = Next();
                if (next.Count > 0)
                {
                    return Chosen(next);
                }

                if (_isClosed)
                {
                    return null;
                }

                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>Refuses what comes from now on; what waits is still given out.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private bool HasRoom(int texts) => !_isClosed && (_waiting.Count == 0 || _waiting.Count + texts <= capacity);

    private List<(PendingText Text, (long Turn, long Arrival) Order)> Next()
    {
        List<(PendingText, (long, long))> next = [];
        for (long tokens = 0; tokens < (long)Ahead * former.Tokens
            && _waiting.TryDequeue(out PendingText? text, out (long, long) order);)
        {
            if (!text.Request.IsAbandoned)
            {
                next.Add((text, order));
                tokens += text.Tokens;
            }
        }

        return next;
    }

    private PendingText[] Chosen(List<(PendingText Text, (long Turn, long Arrival) Order)> next)
    {
        List<int> places = former.Choose([.. next.Select(candidate => candidate.Text)]);
        _turn = Math.Max(_turn, next[0].Order.Turn);
        HashSet<int> chosen = [.. places];
        for (int place = 0; place < next.Count; place++)
        {
            if (!chosen.Contains(place))
            {
                _waiting.Enqueue(next[place].Text, next[place].Order);
            }
        }

        return [.. places.Select(place => next[place].Text)];
    }
}
