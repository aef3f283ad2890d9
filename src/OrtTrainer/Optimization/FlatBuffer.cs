using System.Runtime.InteropServices;

namespace OrtTrainer.Optimization;

/// <summary>
/// A zero-initialised run of float32 values in native memory, aligned for vectors and never moved by the garbage
/// collector: the shape in which parameters, gradients, optimizer state and averages are kept.
/// </summary>
public sealed unsafe class FlatBuffer : IDisposable
{
    /// <summary>Alignment of the first element in bytes: one cache line, one 512-bit vector.</summary>
    public const int AlignmentInBytes = 64;

    private float* _values;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    /// <param name="length">Number of elements, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public FlatBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = (nuint)Math.Max(length, 1) * sizeof(float);
        _values = (float*)NativeMemory.AlignedAlloc(bytes, AlignmentInBytes);
        NativeMemory.Clear(_values, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    /// <summary>Frees the memory of a buffer that was not disposed.</summary>
    ~FlatBuffer() => Free();

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements; the span must not be used after disposal.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Span<float> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_values == null, this);
            return new Span<float>(_values, Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_values != null)
        {
            NativeMemory.AlignedFree(_values);
            _values = null;
            GC.RemoveMemoryPressure((long)Math.Max(Length, 1) * sizeof(float));
        }
    }
}
