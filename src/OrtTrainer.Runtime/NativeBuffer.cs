using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime;

/// <summary>
/// A flat buffer of float32 in native memory, zeroed, on a 64-byte boundary. Parameters, gradients, moments and
/// averages are one such buffer each; sessions read and write slices of it in place through a <see cref="Binding"/>.
/// </summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    /// <param name="length">Number of floats, 0 or more; may exceed what one array or span can hold.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The length is negative or its bytes cannot be addressed.
    /// </exception>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, nint.MaxValue / sizeof(float));
        Length = length;
        Memory = new AlignedMemory((nuint)length * sizeof(float));
    }

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>The first element; valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(Memory.IsClosed, this);
            return (float*)Memory.DangerousGetHandle();
        }
    }

    /// <summary>All elements; valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="OverflowException">
    /// There are more than one span can hold; take a <see cref="Slice"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Span<float> Span => new(Pointer, checked((int)Length));

    internal AlignedMemory Memory { get; }

    /// <summary>
    /// A view of <paramref name="length"/> floats from <paramref name="offset"/> on; valid until <see
    /// cref="Dispose"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the buffer.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Span<float> Slice(long offset, int length)
    {
        CheckRange(offset, length);
        return new Span<float>(Pointer + offset, length);
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear() => NativeMemory.Clear(Pointer, Memory.ByteLength);

    public void Dispose() => Memory.Dispose();

    internal void CheckRange(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), $"Elements {offset} to {offset + length} leave the buffer of {Length} elements.");
        }
    }
}
