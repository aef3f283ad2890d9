using System.Runtime.InteropServices;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <summary>
/// A flat buffer of weights in a device's memory, zeroed. Parameters, gradients, moments and averages are one such
/// buffer each; sessions read and write slices of it in place through a <see cref="Binding"/>, and updates of its
/// device work on it whole. The host sees values only through <see cref="Read(long, Span{float})"/> and <see
/// cref="Write(long, ReadOnlySpan{float})"/>.
/// </summary>
public sealed unsafe class WeightBuffer : IDisposable
{
    private static int _open;
    private bool _disposed;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    /// <param name="device">Where the buffer lies.</param>
    /// <param name="elementType">What it holds; this build has weights in float32 only.</param>
    /// <param name="length">Number of elements, 0 or more; may exceed what one array or span can hold.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The length is negative or its bytes cannot be addressed.
    /// </exception>
    /// <exception cref="NotSupportedException">Weights of this type are not built.</exception>
    /// <exception cref="OutOfMemoryException">The device has no such block.</exception>
    public WeightBuffer(Device device, ElementType elementType, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, nint.MaxValue / sizeof(float));
        if (elementType != ElementType.Float)
        {
            throw new NotSupportedException(
                $"A buffer of weights was asked for in {elementType}; this build has them in {ElementType.Float} " +
                "only.");
        }

        Device = device;
        ElementType = elementType;
        Length = length;
        Memory = device.Allocate((nuint)length * sizeof(float));
        Interlocked.Increment(ref _open);
    }

    /// <summary>Allocates <paramref name="length"/> zeros in float32.</summary>
    /// <inheritdoc cref="WeightBuffer(Device, ElementType, long)"/>
    public WeightBuffer(Device device, long length)
        : this(device, ElementType.Float, length)
    {
    }

    /// <summary>Where the buffer lies.</summary>
    public Device Device { get; }

    /// <summary>What it holds.</summary>
    public ElementType ElementType { get; }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Buffers that are not disposed: what a leak shows in.</summary>
    internal static int Open => Volatile.Read(ref _open);

    internal DeviceMemory Memory { get; }

    /// <summary>The first element, for the passes of a device whose memory is the host's.</summary>
    internal float* Pointer
    {
        get
        {
            RequireOpen();
            return Memory.IsHostMemory
                ? (float*)Memory.DangerousGetHandle()
                : throw new InvalidOperationException($"The memory of {Device} cannot be read where it is.");
        }
    }

    /// <summary>All elements, where the device's memory is the host's; valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="OverflowException">There are more than one span can hold.</exception>
    internal Span<float> Span => new(Pointer, checked((int)Length));

    /// <summary>Copies elements to the host.</summary>
    /// <param name="offset">The first of them.</param>
    /// <param name="destination">Receives as many as it is long.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the buffer.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public void Read(long offset, Span<float> destination)
    {
        CheckRange(offset, destination.Length);
        Memory.Read(offset * sizeof(float), MemoryMarshal.AsBytes(destination));
    }

    /// <summary>Copies elements to the host.</summary>
    /// <inheritdoc cref="Read(long, Span{float})"/>
    public float[] Read(long offset, int length)
    {
        float[] values = new float[length];
        Read(offset, values);
        return values;
    }

    /// <summary>
    /// Shows elements to the host: without a copy where the device's memory is the host's, else from a copy.
    /// </summary>
    /// <param name="offset">The first of them.</param>
    /// <param name="length">How many.</param>
    /// <param name="reader">Given the values, which are valid until it returns.</param>
    /// <inheritdoc cref="Read(long, Span{float})" path="/exception"/>
    public void Read(long offset, int length, Action<ReadOnlySpan<float>> reader)
    {
        CheckRange(offset, length);
        reader(Memory.IsHostMemory ? new ReadOnlySpan<float>(Pointer + offset, length) : Read(offset, length));
    }

    /// <summary>Copies elements from the host.</summary>
    /// <param name="offset">Where they begin in the buffer.</param>
    /// <param name="source">The values.</param>
    /// <inheritdoc cref="Read(long, Span{float})" path="/exception"/>
    public void Write(long offset, ReadOnlySpan<float> source)
    {
        CheckRange(offset, source.Length);
        Memory.Write(offset * sizeof(float), MemoryMarshal.AsBytes(source));
    }

    /// <summary>
    /// Lets the host make elements: in place where the device's memory is the host's, else in a copy that is sent.
    /// </summary>
    /// <param name="offset">The first of them.</param>
    /// <param name="length">How many.</param>
    /// <param name="writer">Given a span that it must fill; what the span holds before may be anything.</param>
    /// <inheritdoc cref="Read(long, Span{float})" path="/exception"/>
    public void Write(long offset, int length, Action<Span<float>> writer)
    {
        CheckRange(offset, length);
        if (Memory.IsHostMemory)
        {
            writer(new Span<float>(Pointer + offset, length));
            return;
        }

        float[] values = new float[length];
        writer(values);
        Write(offset, values);
    }

    /// <summary>Copies all elements of a buffer of the same device and length.</summary>
    /// <exception cref="ArgumentException">Device or length differ.</exception>
    /// <exception cref="ObjectDisposedException">One of the buffers was disposed.</exception>
    public void CopyFrom(WeightBuffer source)
    {
        if (source.Device != Device || source.Length != Length)
        {
            throw new ArgumentException(
                $"{source.Length} weights of {source.Device} cannot be copied to {Length} of {Device}.",
                nameof(source));
        }

        RequireOpen();
        source.RequireOpen();
        Memory.CopyFrom(source.Memory);
    }

    /// <summary>Sets every element to zero.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public void Clear()
    {
        RequireOpen();
        Memory.Clear();
    }

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            Interlocked.Decrement(ref _open);
            Memory.Dispose();
        }
    }

    /// <summary>Elements from an offset on, where the device's memory is the host's.</summary>
    internal Span<float> Slice(long offset, int length)
    {
        CheckRange(offset, length);
        return new Span<float>(Pointer + offset, length);
    }

    internal void CheckRange(long offset, long length)
    {
        RequireOpen();
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), $"Elements {offset} to {offset + length} leave the buffer of {Length} elements.");
        }
    }

    private void RequireOpen() => ObjectDisposedException.ThrowIf(_disposed, this);
}
