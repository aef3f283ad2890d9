namespace OrtTrainer.Runtime.Distributed;

/// <summary>How buffers of a device go to the devices of other ranks.</summary>
public enum BufferPath
{
    /// <summary>By NCCL where all ranks have it, otherwise through memory of the host.</summary>
    Auto,

    /// <summary>By NCCL, NVIDIA's library for it.</summary>
    Nccl,

    /// <summary>Through memory of the host.</summary>
    Host,
}
