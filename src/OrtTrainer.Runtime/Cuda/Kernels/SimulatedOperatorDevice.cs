using System.Runtime.InteropServices;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>The host, that runs a device's kernels on tensors of the CPU provider.</summary>
/// <param name="launcher">Runs them.</param>
internal sealed unsafe class SimulatedOperatorDevice(SimulatedLauncher launcher) : IOperatorDevice
{
    private const nuint Alignment = 64;

    public string? Provider => null;

    public IKernelLauncher Launcher(in KernelContext context) => launcher;

    public nint Allocate(in KernelContext context, long bytes) =>
        (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);

    public void Free(in KernelContext context, nint address) => NativeMemory.AlignedFree((void*)address);
}
