using System.Numerics.Tensors;

namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// One flag per block of a flat buffer, for passes that can leave out blocks: blocks whose gradient is not zero, or
/// blocks that ever had one. An unmarked block is a promise that it holds zeros; a marked one may hold anything.
/// </summary>
public sealed class BlockMap
{
    private readonly byte[] _flags;

    /// <summary>All blocks unmarked.</summary>
    public BlockMap(WeightLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _flags = new byte[layout.Blocks];
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks => _flags.Length;

    /// <summary>Number of marked blocks.</summary>
    public int Marked => _flags.AsSpan().Count((byte)1);

    /// <summary>One flag, by block.</summary>
    public bool this[int block]
    {
        get => _flags[block] != 0;
        set => _flags[block] = value ? (byte)1 : (byte)0;
    }

    /// <summary>A byte for each block, 0 or 1.</summary>
    internal ReadOnlySpan<byte> Flags => _flags;

    /// <summary>Marks every block that shares an element with a range.</summary>
    /// <param name="offset">Index of the first element in the flat buffer.</param>
    /// <param name="length">Number of elements, 0 or more.</param>
    public void Mark(int offset, int length) => Set(offset, length, 1);

    /// <summary>Unmarks every block that shares an element with a range.</summary>
    /// <inheritdoc cref="Mark"/>
    public void Unmark(int offset, int length) => Set(offset, length, 0);

    /// <summary>Marks what another map of the same layout has marked.</summary>
    /// <exception cref="ArgumentException">It has another number of blocks.</exception>
    public void MarkAll(BlockMap other)
    {
        if (other.Blocks != Blocks)
        {
            throw new ArgumentException(
                $"There are {other.Blocks} blocks to mark in a map of {Blocks}.", nameof(other));
        }

        TensorPrimitives.BitwiseOr(_flags, other._flags, _flags);
    }

    /// <summary>Unmarks every block.</summary>
    public void Clear() => _flags.AsSpan().Clear();

    /// <summary>Marks every block that holds anything but zeros.</summary>
    /// <param name="values">A whole flat buffer.</param>
    internal void MarkNonZero(ReadOnlySpan<float> values)
    {
        for (var block = 0; block < _flags.Length; block++)
        {
            if (values.Slice(block * WeightLayout.BlockLength, WeightLayout.BlockLength).ContainsAnyExcept(0f))
            {
                _flags[block] = 1;
            }
        }
    }

    private void Set(int offset, int length, byte flag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > 0)
        {
            var first = offset / WeightLayout.BlockLength;
            var last = (offset + length - 1) / WeightLayout.BlockLength;
            _flags.AsSpan(first, last - first + 1).Fill(flag);
        }
    }
}
