namespace OrtTrainer.Runtime.Cuda.Nccl;

/// <summary>What NCCL puts its work into, and what that can be waited for by.</summary>
internal interface INcclStream
{
    /// <summary>The stream, as NCCL is given it.</summary>
    IntPtr Handle { get; }

    /// <summary>Makes the device that of the calling thread.</summary>
    void Use();

    /// <summary>Whether all that was put into the stream is done.</summary>
    /// <exception cref="DeviceException">Some of it has failed.</exception>
    bool IsDone();
}
