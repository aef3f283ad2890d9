using OrtTrainer.Runtime.Native;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>An input or output of a node during a run: a dense, row-major tensor in native memory.</summary>
public readonly unsafe struct KernelTensor
{
    private readonly void* _data;
    private readonly long* _shape;
    private readonly int _rank;

    internal KernelTensor(void* value)
    {
        _data = OrtFunctions.GetTensorData(value);
        _shape = OrtFunctions.GetTensorShape(value, out _rank);
    }

    /// <summary>The first element of a float32 tensor.</summary>
    public float* Floats => (float*)_data;

    /// <summary>The first byte, whatever the type.</summary>
    public byte* Bytes => (byte*)_data;

    /// <summary>The first element of an int64 tensor.</summary>
    public long* Int64s => (long*)_data;

    /// <summary>Dimensions, outermost first.</summary>
    public ReadOnlySpan<long> Shape => new(_shape, _rank);

    /// <summary>Number of elements.</summary>
    public long Length
    {
        get
        {
            long length = 1;
            foreach (long dimension in Shape)
            {
                length *= dimension;
            }

            return length;
        }
    }

    /// <summary>The dimensions, for messages.</summary>
    public override string ToString() => $"[{string.Join(", ", Shape.ToArray())}]";
}
