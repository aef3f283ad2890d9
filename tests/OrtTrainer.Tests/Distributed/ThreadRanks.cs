using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Tests.Distributed;

/// <summary>Ranks that are threads of this process: what MPI does between processes, by copies.</summary>
internal sealed class ThreadRanks : RankGroup
{
    private readonly Room _room;

    private ThreadRanks(Room room, int rank) => (_room, Rank) = (room, rank);

    public override int Rank { get; }

    public override int Count => _room.Offers.Length;

    public override int RankHere => Rank;

    public override int CountHere => Count;

    public override string Place => $"thread {Rank}";

    /// <summary>Bytes that exchanges have moved, to all ranks, those to the rank itself included.</summary>
    public long Sent => Interlocked.Read(ref _room.Sent);

    /// <summary>Whether a rank ended all.</summary>
    public bool IsAborted => _room.IsAborted;

    /// <summary>Runs something on every rank, each on a thread of its own.</summary>
    /// <returns>What each of them threw; null where it did not.</returns>
    public static Exception?[] Run(int count, Action<ThreadRanks> action)
    {
        using Room room = new(count);
        Exception?[] failures = new Exception?[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                action(new ThreadRanks(room, rank));
            }
            catch (Exception failure)
            {
                failures[rank] = failure;
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return failures;
    }

    public override void Gather(ReadOnlySpan<double> own, Span<double> all)
    {
        double[][] offers = Exchanged(own.ToArray());
        offers.SelectMany(values => values).ToArray().CopyTo(all);
    }

    public override byte[][] Gather(ReadOnlySpan<byte> own) => Exchanged(own.ToArray());

    public override byte[] Spread(ReadOnlySpan<byte> content) => Exchanged(content.ToArray())[0];

    public override void Exchange(
        ReadOnlySpan<byte> sent, IReadOnlyList<RankPart> sentTo, Span<byte> received,
        IReadOnlyList<RankPart> receivedFrom) => Trade(sent, sentTo, received, receivedFrom);

    public override void Tell(RankTask task)
    {
        for (int rank = 1; rank < Count; rank++)
        {
            _room.Tasks[rank].Add(task);
        }
    }

    public override RankTask Hear() => _room.Tasks[Rank].Take();

    public override void Abort(int exitCode) => _room.IsAborted = true;

    public override void Dispose()
    {
    }

    protected override void Spread(Span<float> buffer, IReadOnlyList<RankPart> parts)
    {
        float[][] offers = Exchanged(Part(buffer, parts[Rank]));
        for (int rank = 0; rank < Count; rank++)
        {
            offers[rank].CopyTo(buffer[parts[rank].Offset..]);
        }
    }

    protected override void Collect(Span<float> buffer, IReadOnlyList<RankPart> parts)
    {
        float[][] offers = Exchanged(Part(buffer, parts[Rank]));
        for (int rank = 0; rank < Count && IsFirst; rank++)
        {
            offers[rank].CopyTo(buffer[parts[rank].Offset..]);
        }
    }

    protected override void Exchange(
        ReadOnlySpan<float> sent, IReadOnlyList<RankPart> sentTo, Span<float> received,
        IReadOnlyList<RankPart> receivedFrom) => Trade(sent, sentTo, received, receivedFrom);

    private void Trade<T>(
        ReadOnlySpan<T> sent, IReadOnlyList<RankPart> sentTo, Span<T> received, IReadOnlyList<RankPart> receivedFrom)
    {
        T[][] own = new T[Count][];
        for (int rank = 0; rank < Count; rank++)
        {
            own[rank] = sent.Slice(sentTo[rank].Offset, sentTo[rank].Length).ToArray();
            Interlocked.Add(ref _room.Sent, own[rank].Length * Unsafe.SizeOf<T>());
        }

        T[][][] all = Exchanged(own);
        for (int rank = 0; rank < Count; rank++)
        {
            Assert.That(all[rank][Rank], Has.Length.EqualTo(receivedFrom[rank].Length));
            all[rank][Rank].CopyTo(received[receivedFrom[rank].Offset..]);
        }
    }

    private static float[] Part(ReadOnlySpan<float> buffer, RankPart part) =>
        buffer.Slice(part.Offset, part.Length).ToArray();

    private T[] Exchanged<T>(T own)
        where T : class
    {
        _room.Offers[Rank] = own;
        _room.Barrier.SignalAndWait();
        T[] all = [.. _room.Offers.Cast<T>()];
        _room.Barrier.SignalAndWait();
        return all;
    }

    private sealed class Room(int count) : IDisposable
    {
        public object[] Offers { get; } = new object[count];

        public Barrier Barrier { get; } = new(count);

        public BlockingCollection<RankTask>[] Tasks { get; } =
            [.. Enumerable.Range(0, count).Select(_ => new BlockingCollection<RankTask>())];

        public long Sent;

        public bool IsAborted { get; set; }

        public void Dispose()
        {
            Barrier.Dispose();
            foreach (IDisposable tasks in Tasks)
            {
                tasks.Dispose();
            }
        }
    }
}
