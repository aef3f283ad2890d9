using System.Runtime.InteropServices;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Cuda.Nccl;

/// <summary>
/// Ranks that send each other the memory of their devices by NCCL: every call is one group of sends and receives.
/// Sums are left to the caller, since NCCL's own add in an order that depends on the number of ranks.
/// </summary>
internal sealed unsafe class NcclLink : IBufferLink
{
    private readonly NcclFunctions _nccl;
    private readonly INcclStream _stream;
    private readonly string _device;
    private readonly int _rank;
    private readonly int _count;
    private IntPtr _communicator;

    private NcclLink(NcclFunctions nccl, INcclStream stream, string device, RankGroup ranks)
    {
        (_nccl, _stream, _device, _rank, _count) = (nccl, stream, device, ranks.Rank, ranks.Count);
    }

    /// <summary>Connects the ranks; all of them call it.</summary>
    /// <param name="nccl">The library.</param>
    /// <param name="stream">The stream of this rank's device.</param>
    /// <param name="device">The device's name, for messages.</param>
    /// <param name="ranks">Spreads what the ranks find each other by.</param>
    /// <exception cref="DeviceException">NCCL refuses.</exception>
    public static NcclLink Connect(NcclFunctions nccl, INcclStream stream, string device, RankGroup ranks)
    {
        NcclLink link = new(nccl, stream, device, ranks);
        NcclId id = default;
        stream.Use();
        if (ranks.IsFirst)
        {
            link.Check(nccl.GetUniqueId(&id), "starting");
        }

        ranks.Spread(MemoryMarshal.AsBytes(new ReadOnlySpan<NcclId>(in id))).CopyTo((Span<byte>)id);
        IntPtr communicator;
        link.Check(nccl.CommInitRank(&communicator, ranks.Count, id, ranks.Rank), "connecting the ranks");
        link._communicator = communicator;
        return link;
    }

    public void Spread(WeightBuffer buffer, IReadOnlyList<RankPart> parts) => Run("spreading weights", () =>
    {
        for (int rank = 0; rank < _count; rank++)
        {
            if (rank != _rank)
            {
                Send(buffer, parts[_rank], rank);
                Receive(buffer, parts[rank], rank);
            }
        }
    });

    public void Collect(WeightBuffer buffer, IReadOnlyList<RankPart> parts) => Run("collecting weights", () =>
    {
        if (_rank != 0)
        {
            Send(buffer, parts[_rank], 0);
            return;
        }

        for (int rank = 1; rank < _count; rank++)
        {
            Receive(buffer, parts[rank], rank);
        }
    });

    public void Exchange(
        WeightBuffer sent, IReadOnlyList<RankPart> sentTo, WeightBuffer received,
        IReadOnlyList<RankPart> receivedFrom) => Run("exchanging gradients", () =>
    {
        for (int rank = 0; rank < _count; rank++)
        {
            Send(sent, sentTo[rank], rank);
            Receive(received, receivedFrom[rank], rank);
        }
    });

    public void Abort()
    {
        if (Take() is var communicator && communicator != IntPtr.Zero)
        {
            _ = _nccl.CommAbort(communicator);
        }
    }

    public void Dispose()
    {
        if (Take() is var communicator && communicator != IntPtr.Zero)
        {
            _stream.Use();
            _ = _nccl.CommDestroy(communicator);
        }
    }

    private IntPtr Take() => Interlocked.Exchange(ref _communicator, IntPtr.Zero);

    private void Run(string doing, Action calls)
    {
        ObjectDisposedException.ThrowIf(_communicator == IntPtr.Zero, this);
        try
        {
            _stream.Use();
            Check(_nccl.GroupStart(), doing);
            calls();
            Check(_nccl.GroupEnd(), doing);
            Wait(doing);
        }
        catch (DeviceException)
        {
            Abort();
            throw;
        }
    }

    // A rank that died leaves work in the stream that never ends: NCCL tells of it apart from the stream.
    private void Wait(string doing)
    {
        bool isDone;
        do
        {
            isDone = _stream.IsDone();
            int error;
            Check(_nccl.CommGetAsyncError(_communicator, &error), doing);
            Check(error, doing);
            if (!isDone)
            {
                Thread.Yield();
            }
        }
        while (!isDone);
    }

    private void Send(WeightBuffer buffer, RankPart part, int rank)
    {
        if (part.Length > 0)
        {
            Check(
                _nccl.Send(
                    Address(buffer, part), (nuint)part.Length, NcclFunctions.Float32, rank, _communicator,
                    _stream.Handle), $"sending to rank {rank}");
        }
    }

    private void Receive(WeightBuffer buffer, RankPart part, int rank)
    {
        if (part.Length > 0)
        {
            Check(
                _nccl.Receive(
                    Address(buffer, part), (nuint)part.Length, NcclFunctions.Float32, rank, _communicator,
                    _stream.Handle), $"receiving from rank {rank}");
        }
    }

    private static IntPtr Address(WeightBuffer buffer, RankPart part)
    {
        buffer.CheckRange(part.Offset, part.Length);
        return buffer.Memory.DangerousGetHandle() + ((nint)part.Offset * sizeof(float));
    }

    private void Check(int result, string doing)
    {
        if (result != 0)
        {
            throw new DeviceException(
                _device, $"NCCL {_nccl.Version} failed while {doing}: {_nccl.Describe(result)}. NCCL_DEBUG=INFO in the "
                + "environment makes it say more; --exchange host does without it.");
        }
    }
}
