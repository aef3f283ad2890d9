using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>Where the kernels of operators run, during a node's run.</summary>
internal interface IOperatorDevice
{
    /// <summary>ONNX Runtime's name of the provider whose tensors lie there; null for that of the CPU.</summary>
    string? Provider { get; }

    /// <summary>Launches on the node's stream.</summary>
    IKernelLauncher Launcher(in KernelContext context);

    /// <summary>Memory there, aligned to 64 bytes at least and not initialized.</summary>
    nint Allocate(in KernelContext context, long bytes);

    /// <summary>Gives memory back; what was launched before may still use it.</summary>
    void Free(in KernelContext context, nint address);
}
