using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrtTrainer.Server.Monitoring;

/// <summary>What a server counts. Safe for use from several threads at once.</summary>
internal sealed class ServingMetrics
{
    private static readonly double[] Seconds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Endpoint, int Status), StrongCount> _requests = new();
    private readonly ConcurrentDictionary<string, StrongCount> _refusals = new();
    private long _texts;
    private long _tokens;
    private long _inFlight;

    /// <summary>Seconds from a request's headers to the end of its answer, of predictions.</summary>
    public Histogram RequestSeconds { get; } = new(Seconds);

    /// <summary>Seconds that texts wait until the model runs on them.</summary>
    public Histogram QueueSeconds { get; } = new(Seconds);

    /// <summary>Seconds of a batch in the model.</summary>
    public Histogram ModelSeconds { get; } = new(Seconds);

    /// <summary>Texts of a batch.</summary>
    public Histogram BatchTexts { get; } = new(1, 2, 4, 8, 16, 32, 64, 128, 256);

    /// <summary>Tokens of a batch, without padding.</summary>
    public Histogram BatchTokens { get; } = new(16, 32, 64, 128, 256, 512, 1024, 2048, 4096);

    /// <summary>Requests by endpoint and status.</summary>
    public IEnumerable<(string Endpoint, int Status, long Count)> Requests =>
        _requests.Select(entry => (entry.Key.Endpoint, entry.Key.Status, entry.Value.Value)).Order();

    /// <summary>Requests that were not answered, by reason.</summary>
    public IEnumerable<(string Reason, long Count)> Errors =>
        _refusals.Select(entry => (entry.Key, entry.Value.Value)).Order();

    /// <summary>Texts that the model ran on.</summary>
    public long Texts => Volatile.Read(ref _texts);

    /// <summary>Their tokens, without padding.</summary>
    public long Tokens => Volatile.Read(ref _tokens);

    /// <summary>Requests for predictions that run now.</summary>
    public long InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Tells that a request for predictions began.</summary>
    public void Began() => Interlocked.Increment(ref _inFlight);

    /// <summary>Tells that a request for predictions ended.</summary>
    /// <param name="started">When it began, in ticks of <see cref="Stopwatch"/>.</param>
    public void Ended(long started)
    {
        Interlocked.Decrement(ref _inFlight);
        RequestSeconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Counts a request by what it was answered.</summary>
    public void Answered(string endpoint, int status) =>
        _requests.GetOrAdd((endpoint, status), _ => new StrongCount()).Add();

    /// <summary>Counts a request that was not answered as it wanted.</summary>
    public void Failed(string reason) => _refusals.GetOrAdd(reason, _ => new StrongCount()).Add();

    /// <summary>Counts a text's time until the model ran on it.</summary>
    public void Waited(long made, long started) =>
        QueueSeconds.Add(Stopwatch.GetElapsedTime(made, started).TotalSeconds);

    /// <summary>Counts a batch.</summary>
    public void Ran(int texts, int tokens, long started)
    {
        Interlocked.Add(ref _texts, texts);
        Interlocked.Add(ref _tokens, tokens);
        BatchTexts.Add(texts);
        BatchTokens.Add(tokens);
        ModelSeconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private sealed class StrongCount
    {
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }
}
