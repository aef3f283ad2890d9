using System.Diagnostics;
using System.Globalization;

namespace OrtTrainer.Runtime.Distributed;

/// <summary>The processes that <c>mpirun</c> started, by Open MPI.</summary>
public sealed unsafe class MpiRanks : RankGroup
{
    private const string CountVariable = "OMPI_COMM_WORLD_SIZE";
    private const string ManagedVariable = "PMIX_RANK";
    private const int TaskTag = 1;

    // The tasks of steps come within microseconds of each other, those after an evaluation after seconds.
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(2);

    private readonly Mpi _mpi;
    private bool _left;

    private MpiRanks(Mpi mpi)
    {
        _mpi = mpi;
        Rank = mpi.Rank();
        Count = mpi.Count();
        Place = mpi.ProcessorName();
        (RankHere, CountHere) = mpi.Here();
    }

    /// <summary>How many processes mpirun started with this one; 1 where it did not.</summary>
    public static int CountStarted => NumberIn(CountVariable) ?? 1;

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override int RankHere { get; }

    /// <inheritdoc/>
    public override int CountHere { get; }

    /// <inheritdoc/>
    public override string Place { get; }

    /// <summary>Joins the ranks of this job; once per process.</summary>
    /// <exception cref="NotSupportedException">Open MPI is missing, or did not start this process.</exception>
    public static MpiRanks Join()
    {
        if (Environment.GetEnvironmentVariable(CountVariable) is null
            && Environment.GetEnvironmentVariable(ManagedVariable) is null)
        {
            throw new NotSupportedException(
                "This process was not started by mpirun, which makes the ranks: put mpirun -n N before the command.");
        }

        return new MpiRanks(Mpi.Start());
    }

    /// <inheritdoc/>
    public override void Gather(ReadOnlySpan<double> own, Span<double> all)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(all.Length, own.Length * Count, nameof(all));
        fixed (double* from = own)
        fixed (double* to = all)
        {
            _mpi.AllGather(from, own.Length, to);
        }
    }

    /// <inheritdoc/>
    public override byte[][] Gather(ReadOnlySpan<byte> own)
    {
        double[] lengths = new double[Count];
        Gather([own.Length], lengths);
        int[] counts = [.. lengths.Select(length => (int)length)];
        int[] offsets = [.. counts.Select((_, rank) => counts.Take(rank).Sum())];
        byte[] all = new byte[Math.Max(1, counts.Sum())];
        fixed (byte* from = own)
        fixed (byte* to = all)
        fixed (int* count = counts)
        fixed (int* offset = offsets)
        {
            _mpi.AllGather(from, to, count, offset, own.Length);
        }

        return [.. counts.Select((count, rank) => all.AsSpan(offsets[rank], count).ToArray())];
    }

    /// <inheritdoc/>
    public override byte[] Spread(ReadOnlySpan<byte> content)
    {
        double[] lengths = new double[Count];
        Gather([IsFirst ? content.Length : 0], lengths);
        byte[] bytes = IsFirst ? content.ToArray() : new byte[(int)lengths[0]];
        if (bytes.Length > 0)
        {
            fixed (byte* data = bytes)
            {
                _mpi.Broadcast(data, bytes.Length);
            }
        }

        return bytes;
    }

    /// <inheritdoc/>
    public override void Exchange(
        ReadOnlySpan<byte> sent, IReadOnlyList<RankPart> sentTo, Span<byte> received,
        IReadOnlyList<RankPart> receivedFrom)
    {
        fixed (byte* from = sent)
        fixed (byte* to = received)
        fixed (int* sentCounts = Lengths(sentTo), sentOffsets = Offsets(sentTo))
        fixed (int* counts = Lengths(receivedFrom), offsets = Offsets(receivedFrom))
        {
            _mpi.AllToAll(from, sentCounts, sentOffsets, to, counts, offsets);
        }
    }

    /// <inheritdoc/>
    public override void Tell(RankTask task)
    {
        for (int rank = 1; rank < Count; rank++)
        {
            _mpi.Send((int)task, rank, TaskTag);
        }
    }

    /// <inheritdoc/>
    public override RankTask Hear()
    {
        long started = Stopwatch.GetTimestamp();
        while (!_mpi.HasMessage(0, TaskTag))
        {
            if (Stopwatch.GetElapsedTime(started) > BusyWait)
            {
                Thread.Sleep(1);
            }
        }

        return (RankTask)_mpi.Receive(0, TaskTag);
    }

    /// <inheritdoc/>
    public override void Abort(int exitCode)
    {
        AbandonLink();
        _mpi.Abort(exitCode);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (!_left)
        {
            _left = true;
            CloseLink();
            _mpi.Finish();
        }
    }

    /// <inheritdoc/>
    protected override void Spread(Span<float> buffer, IReadOnlyList<RankPart> parts)
    {
        fixed (float* data = buffer)
        fixed (int* counts = Lengths(parts))
        fixed (int* offsets = Offsets(parts))
        {
            _mpi.AllGatherInPlace(data, counts, offsets);
        }
    }

    /// <inheritdoc/>
    protected override void Collect(Span<float> buffer, IReadOnlyList<RankPart> parts)
    {
        fixed (float* data = buffer)
        fixed (int* counts = Lengths(parts))
        fixed (int* offsets = Offsets(parts))
        {
            _mpi.GatherToFirst(data, Rank, counts, offsets);
        }
    }

    /// <inheritdoc/>
    protected override void Exchange(
        ReadOnlySpan<float> sent, IReadOnlyList<RankPart> sentTo, Span<float> received,
        IReadOnlyList<RankPart> receivedFrom)
    {
        fixed (float* from = sent)
        fixed (float* to = received)
        fixed (int* sentCounts = Lengths(sentTo), sentOffsets = Offsets(sentTo))
        fixed (int* counts = Lengths(receivedFrom), offsets = Offsets(receivedFrom))
        {
            _mpi.AllToAll(from, sentCounts, sentOffsets, to, counts, offsets);
        }
    }

    private static int[] Lengths(IReadOnlyList<RankPart> parts) => [.. parts.Select(part => part.Length)];

    private static int[] Offsets(IReadOnlyList<RankPart> parts) => [.. parts.Select(part => part.Offset)];

    private static int? NumberIn(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
