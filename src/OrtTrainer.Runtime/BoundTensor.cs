using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <summary>
/// A tensor over a device's memory, which stays allocated while the tensor exists, even when its owner is disposed.
/// </summary>
internal sealed class BoundTensor : IDisposable
{
    private readonly DeviceMemory _memory;
    private bool _disposed;

    public BoundTensor(
        Device device, DeviceMemory memory, long byteOffset, long byteLength, ElementType type,
        ReadOnlySpan<long> shape)
    {
        _memory = memory;
        bool added = false;
        memory.DangerousAddRef(ref added);
        try
        {
            IntPtr address = memory.DangerousGetHandle() + (nint)byteOffset;
            Value = OrtValue.CreateTensorValueWithData(
                device.MemoryInfo, (TensorElementType)(int)type, shape.ToArray(), address, byteLength);
        }
        catch
        {
            memory.DangerousRelease();
            throw;
        }
    }

    public OrtValue Value { get; }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Value.Dispose();
        _memory.DangerousRelease();
    }
}
