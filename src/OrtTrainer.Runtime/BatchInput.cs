using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu;

namespace OrtTrainer.Runtime;

/// <summary>
/// An input whose data and shape change from batch to batch: a copy in native memory that is reused, and grows to the
/// largest batch.
/// </summary>
internal sealed unsafe class BatchInput(ElementType type) : IDisposable
{
    private AlignedMemory? _memory;
    private long[] _shape = [];

    public BoundTensor? Tensor { get; private set; }

    /// <summary>
    /// Copies the data. True: there is a new <see cref="Tensor"/> to bind; false: the bound one holds the new data.
    /// </summary>
    public bool Set<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        nuint bytes = (nuint)data.Length * (nuint)sizeof(T);
        bool grow = _memory is null || _memory.ByteLength < bytes;
        bool rebind = grow || Tensor is null || !shape.SequenceEqual(_shape);
        if (rebind)
        {
            Tensor?.Dispose();
            Tensor = null;
        }

        if (grow)
        {
            _memory?.Dispose();
            _memory = new AlignedMemory(bytes + (bytes / 4));
        }

        data.CopyTo(new Span<T>((void*)_memory!.DangerousGetHandle(), data.Length));
        if (rebind)
        {
            _shape = shape.ToArray();
            Tensor = new BoundTensor(CpuDevice.Instance, _memory, 0, (long)bytes, type, shape);
        }

        return rebind;
    }

    public void Dispose()
    {
        Tensor?.Dispose();
        _memory?.Dispose();
    }
}
