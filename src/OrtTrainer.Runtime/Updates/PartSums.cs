using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// This rank's part of the sum of gradients that several ranks have. Ranks send each other the blocks that are written,
/// without adding anything up; the sum is made in the order of the ranks, with the bits of one process that adds whole
/// buffers, zeros included.
/// </summary>
public sealed class PartSums : IDisposable
{
    private readonly RankGroup _ranks;
    private readonly Device _device;
    private readonly RankPart[] _blocks;
    private readonly byte[] _flags;
    private readonly int[] _marked;
    private readonly int[] _changed;
    private readonly int[] _places;
    private WeightBuffer _packed;
    private WeightBuffer _received;

    /// <param name="layout">The layout of the gradients.</param>
    /// <param name="device">Where they lie.</param>
    /// <param name="ranks">The ranks; not disposed here.</param>
    /// <param name="parts">Which part each rank sums.</param>
    public PartSums(WeightLayout layout, Device device, RankGroup ranks, IReadOnlyList<RankPart> parts)
    {
        (_ranks, _device) = (ranks, device);
        _blocks = [.. parts.Select(part => new RankPart(
            part.Offset / WeightLayout.BlockLength, part.Length / WeightLayout.BlockLength))];
        int own = _blocks[ranks.Rank].Length;
        _flags = new byte[own * ranks.Count];
        _marked = new int[layout.Blocks];
        _changed = new int[own];
        _places = new int[own];
        _packed = new WeightBuffer(device, 0);
        _received = new WeightBuffer(device, 0);
        Values = new WeightBuffer(device, layout.Length);
        Written = new BlockMap(layout);
        Written.Mark(0, layout.Length);
        Written.Unmark(parts[ranks.Rank].Offset, parts[ranks.Rank].Length);
    }

    /// <summary>The sums, in the layout; other parts than this rank's are the caller's.</summary>
    public WeightBuffer Values { get; }

    /// <summary>The blocks of <see cref="Values"/> that may hold anything but zeros: those of other parts, and what
    /// was written of this one.</summary>
    public BlockMap Written { get; }

    /// <summary>Adds the gradients of some ranks, in the order of the ranks; all of them call it.</summary>
    /// <param name="gradients">This rank's; only read.</param>
    /// <param name="written">Their blocks that may hold anything but zeros.</param>
    /// <param name="senders">How many ranks have gradients: those before this number.</param>
    /// <param name="replaces">Whether a new sum begins.</param>
    public void Add(WeightBuffer gradients, BlockMap written, int senders, bool replaces)
    {
        int own = _blocks[_ranks.Rank].Length;
        bool sends = _ranks.Rank < senders;
        _ranks.Exchange(
            written.Flags, sends ? _blocks : new RankPart[_ranks.Count], _flags,
            OfSenders(senders, _ => own));

        RankPart[] sentTo = Mark(written.Flags, sends);
        RankPart[] receivedFrom = OfSenders(
            senders, sender => WeightLayout.BlockLength * _flags.AsSpan(sender * own, own).Count((byte)1));
        Grow(ref _packed, sentTo[^1]);
        Grow(ref _received, receivedFrom[^1]);
        _device.Arithmetic.Pack(
            gradients, _marked.AsSpan(0, (sentTo[^1].Offset + sentTo[^1].Length) / WeightLayout.BlockLength), _packed);
        _ranks.Exchange(_packed, sentTo, _received, receivedFrom);
        for (int sender = 0; sender < senders; sender++)
        {
            AddFrom(sender, receivedFrom[sender].Offset / WeightLayout.BlockLength, replaces && sender == 0);
        }
    }

    public void Dispose()
    {
        Values.Dispose();
        _packed.Dispose();
        _received.Dispose();
    }

    private void AddFrom(int sender, int place, bool replaces)
    {
        (int first, int own) = _blocks[_ranks.Rank];
        int changed = 0;
        for (int i = 0; i < own; i++)
        {
            bool isSent = _flags[(sender * own) + i] != 0;

            // Zeros are added to what is there, since one process does: it makes 0 of -0.
            if (isSent || Written[first + i])
            {
                _changed[changed] = first + i;
                _places[changed++] = isSent ? place++ : -1;
                Written[first + i] = isSent || !replaces;
            }
        }

        _device.Arithmetic.AddBlocks(
            Values, _changed.AsSpan(0, changed), _received, _places.AsSpan(0, changed), replaces);
    }

    // Ranks' parts follow each other, so the blocks for one rank lie one behind the other, and all in the order of the
    // ranks.
    private RankPart[] Mark(ReadOnlySpan<byte> flags, bool sends)
    {
        RankPart[] sentTo = new RankPart[_ranks.Count];
        int marked = 0;
        for (int rank = 0; rank < sentTo.Length; rank++)
        {
            int start = marked;
            (int first, int count) = _blocks[rank];
            for (int block = first; sends && block < first + count; block++)
            {
                if (flags[block] != 0)
                {
                    _marked[marked++] = block;
                }
            }

            sentTo[rank] = new RankPart(start * WeightLayout.BlockLength, (marked - start) * WeightLayout.BlockLength);
        }

        return sentTo;
    }

    private RankPart[] OfSenders(int senders, Func<int, int> lengthOf)
    {
        RankPart[] parts = new RankPart[_ranks.Count];
        int offset = 0;
        for (int rank = 0; rank < parts.Length; rank++)
        {
            parts[rank] = new RankPart(offset, rank < senders ? lengthOf(rank) : 0);
            offset += parts[rank].Length;
        }

        return parts;
    }

    // What a step needs differs with its texts: some room is kept beyond it.
    private void Grow(ref WeightBuffer buffer, RankPart last)
    {
        long length = (long)last.Offset + last.Length;
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new WeightBuffer(_device, length + (length / 8));
        }
    }
}
