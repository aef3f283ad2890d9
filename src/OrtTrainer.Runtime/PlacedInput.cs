using System.Runtime.InteropServices;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <summary>An input that keeps its place in a device's memory and its shape; values are copied there.</summary>
internal sealed class PlacedInput : IDisposable
{
    private readonly string _name;
    private readonly DeviceMemory _memory;
    private readonly byte[] _values;
    private readonly long[] _shape;
    private readonly FixedRows? _rows;

    /// <param name="device">Where it lies.</param>
    /// <param name="name">For messages.</param>
    /// <param name="type">Of its numbers.</param>
    /// <param name="width">Bytes of a number.</param>
    /// <param name="first">The shape of the first value.</param>
    /// <param name="rows">The first dimension; null for that of the first value.</param>
    public PlacedInput(
        Device device, string name, ElementType type, int width, ReadOnlySpan<long> first, FixedRows? rows)
    {
        (_name, _rows, _shape) = (name, rows, first.ToArray());
        if (rows is { } filled)
        {
            _shape[0] = filled.Count;
        }

        _values = new byte[checked((int)_shape.Aggregate((long)width, (bytes, dimension) => bytes * dimension))];
        _memory = device.Allocate((nuint)_values.Length);
        Tensor = new BoundTensor(device, _memory, 0, _values.Length, type, _shape);
    }

    public BoundTensor Tensor { get; }

    /// <summary>Copies values there.</summary>
    /// <exception cref="ArgumentException">They have another shape than fits.</exception>
    public void Write<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        if (!Fits(shape))
        {
            throw new ArgumentException(
                $"Input {_name} has shape [{string.Join(", ", shape.ToArray())}]; its place takes "
                + $"[{string.Join(", ", _shape)}].");
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(data);
        bytes.CopyTo(_values);
        Span<byte> missing = _values.AsSpan(bytes.Length);
        missing.Clear();
        if (_rows is { RepeatsLast: true } && shape[0] > 0)
        {
            ReadOnlySpan<byte> last = bytes[^(bytes.Length / (int)shape[0])..];
            for (; missing.Length > 0; missing = missing[last.Length..])
            {
                last.CopyTo(missing);
            }
        }

        _memory.Write(0, _values);
    }

    public void Dispose()
    {
        Tensor.Dispose();
        _memory.Dispose();
    }

    private bool Fits(ReadOnlySpan<long> shape) => _rows is null
        ? shape.SequenceEqual(_shape)
        : shape.Length == _shape.Length && shape[0] <= _shape[0] && shape[1..].SequenceEqual(_shape.AsSpan(1));
}
