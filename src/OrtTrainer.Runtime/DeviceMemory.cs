using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime;

/// <summary>
/// Zeroed memory of a device, 64-byte aligned. Freed once its last reference is released, so memory that is still
/// bound to a session outlives the disposal of its owner.
/// </summary>
internal abstract class DeviceMemory : SafeHandle
{
    /// <param name="byteLength">Its size, 0 or more.</param>
    protected DeviceMemory(nuint byteLength)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        ByteLength = byteLength;
    }

    /// <summary>Size in bytes, without the padding of an empty block.</summary>
    public nuint ByteLength { get; }

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>Whether the host may read and write the memory where it is.</summary>
    public abstract bool IsHostMemory { get; }

    /// <summary>Copies bytes to the host.</summary>
    public abstract void Read(long byteOffset, Span<byte> destination);

    /// <summary>Copies bytes from the host.</summary>
    public abstract void Write(long byteOffset, ReadOnlySpan<byte> source);

    /// <summary>Copies a block of the same device and size.</summary>
    public abstract void CopyFrom(DeviceMemory source);

    /// <summary>Sets every byte to zero.</summary>
    public abstract void Clear();
}
