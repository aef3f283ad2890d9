using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>Numbers that kernels read or leave beside the weights; the memory grows to the most there were.</summary>
/// <param name="device">Where they lie.</param>
internal sealed class DeviceArray<T>(Device device) : IDisposable
    where T : unmanaged
{
    private DeviceMemory? _memory;

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>The first one's address.</summary>
    public nint Address => _memory!.DangerousGetHandle();

    /// <summary>Makes room for numbers, which may be anything.</summary>
    public void Resize(int length)
    {
        nuint bytes = (nuint)length * (nuint)Marshal.SizeOf<T>();
        if (_memory is null || _memory.ByteLength < bytes)
        {
            _memory?.Dispose();
            _memory = device.Allocate(bytes + (bytes / 4));
        }

        Length = length;
    }

    /// <summary>Takes numbers of the host.</summary>
    public void Set(ReadOnlySpan<T> values)
    {
        Resize(values.Length);
        _memory!.Write(0, MemoryMarshal.AsBytes(values));
    }

    /// <summary>Gives the host the first numbers.</summary>
    public void Read(Span<T> values) => _memory!.Read(0, MemoryMarshal.AsBytes(values));

    public void Dispose() => _memory?.Dispose();
}
