using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime.Cpu;

/// <summary>
/// Zeroed native memory on a 64-byte boundary: one cache line, and one AVX-512 register.
/// </summary>
internal sealed unsafe class AlignedMemory : DeviceMemory
{
    /// <summary>Alignment in bytes.</summary>
    public const int Alignment = 64;

    private readonly void* _allocated;

    /// <param name="byteLength">
    /// At least 0; an empty allocation still has an address, as ONNX Runtime wants one.
    /// </param>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public AlignedMemory(nuint byteLength)
        : base(byteLength)
    {
        // Pages that the system hands out zeroed are not written here: what nobody writes takes no memory.
        _allocated = NativeMemory.AllocZeroed(byteLength + Alignment);
        nuint start = ((nuint)_allocated + Alignment - 1) / Alignment * Alignment;
        SetHandle((IntPtr)start);
        if (byteLength > PressureThreshold)
        {
            GC.AddMemoryPressure((long)byteLength);
        }
    }

    public override bool IsHostMemory => true;

    // Below it, telling the collector costs more than it can gain.
    private static nuint PressureThreshold => 1 << 20;

    private byte* Start => (byte*)handle;

    public override void Read(long byteOffset, Span<byte> destination) =>
        new ReadOnlySpan<byte>(Start + byteOffset, destination.Length).CopyTo(destination);

    public override void Write(long byteOffset, ReadOnlySpan<byte> source) =>
        source.CopyTo(new Span<byte>(Start + byteOffset, source.Length));

    public override void CopyFrom(DeviceMemory source) =>
        NativeMemory.Copy((void*)source.DangerousGetHandle(), Start, ByteLength);

    public override void Clear() => NativeMemory.Clear(Start, ByteLength);

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free(_allocated);
        if (ByteLength > PressureThreshold)
        {
            GC.RemoveMemoryPressure((long)ByteLength);
        }

        return true;
    }
}
