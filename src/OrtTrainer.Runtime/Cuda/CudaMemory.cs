using OrtTrainer.Runtime.Cuda.Driver;

namespace OrtTrainer.Runtime.Cuda;

/// <summary>Zeroed memory of a CUDA device. The host sees it through copies, which are done when they return.</summary>
internal sealed unsafe class CudaMemory : DeviceMemory
{
    /// <summary>What an empty block takes, which needs an address too.</summary>
    private const int Least = 256;

    private readonly CudaContext _context;
    private readonly string _device;

    /// <param name="context">The device.</param>
    /// <param name="device">Its name, for messages.</param>
    /// <param name="byteLength">At least 0.</param>
    /// <exception cref="DeviceException">The device has no such block.</exception>
    public CudaMemory(CudaContext context, string device, nuint byteLength)
        : base(byteLength)
    {
        (_context, _device) = (context, device);
        SetHandle(context.Allocate(Taken));
        Clear();
    }

    public override bool IsHostMemory => false;

    public override void Read(long byteOffset, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        fixed (byte* target = destination)
        {
            Do(_context.Driver.MemcpyToHost(
                target, handle + (nint)byteOffset, (nuint)destination.Length, Begin()), "copying from the device");
        }
    }

    public override void Write(long byteOffset, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return;
        }

        fixed (byte* values = source)
        {
            Do(_context.Driver.MemcpyToDevice(
                handle + (nint)byteOffset, values, (nuint)source.Length, Begin()), "copying to the device");
        }
    }

    public override void CopyFrom(DeviceMemory source) =>
        Do(_context.Driver.MemcpyOnDevice(
            handle, source.DangerousGetHandle(), ByteLength, Begin()), "copying on the device");

    public override void Clear() =>
        Do(_context.Driver.MemsetBytes(handle, 0, Taken, Begin()), "clearing memory");

    private nuint Taken => Math.Max(ByteLength, Least);

    protected override bool ReleaseHandle() => _context.Free(handle, Taken);

    private IntPtr Begin()
    {
        _context.Use();
        return _context.Stream;
    }

    private void Do(int result, string doing)
    {
        _context.Driver.Check(result, doing, _device);
        _context.Synchronize();
    }
}
