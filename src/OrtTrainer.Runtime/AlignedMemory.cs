using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime;

/// <summary>
/// Zeroed native memory on a 64-byte boundary: one cache line, and one AVX-512 register. Freed once its last
/// reference is released, so memory that is still bound to a session outlives the disposal of its owner.
/// </summary>
internal sealed unsafe class AlignedMemory : SafeHandle
{
    /// <summary>Alignment in bytes.</summary>
    public const int Alignment = 64;

    /// <param name="byteLength">
    /// At least 0; an empty allocation still has an address, as ONNX Runtime wants one.
    /// </param>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public AlignedMemory(nuint byteLength)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        ByteLength = byteLength;
        nuint allocated = Math.Max(byteLength, Alignment);
        void* memory = NativeMemory.AlignedAlloc(allocated, Alignment);
        NativeMemory.Clear(memory, allocated);
        SetHandle((IntPtr)memory);
        if (byteLength > PressureThreshold)
        {
            GC.AddMemoryPressure((long)byteLength);
        }
    }

    /// <summary>Size in bytes, without the padding of an empty block.</summary>
    public nuint ByteLength { get; }

    public override bool IsInvalid => handle == IntPtr.Zero;

    // Below it, telling the collector costs more than it can gain.
    private static nuint PressureThreshold => 1 << 20;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        if (ByteLength > PressureThreshold)
        {
            GC.RemoveMemoryPressure((long)ByteLength);
        }

        return true;
    }
}
