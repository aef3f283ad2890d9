using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// ONNX Runtime's CUDA provider: kernels go to the stream that it computes a node on, and take scratch memory from its
/// arena. Memory is given back as soon as its use is queued, as the provider's own kernels do: whoever gets it next
/// queues behind it on the same stream.
/// </summary>
/// <param name="functions">Those of the context that the provider uses, the device's primary one.</param>
internal sealed class CudaOperatorDevice(CudaFunctions functions) : IOperatorDevice
{
    public string Provider => "CUDAExecutionProvider";

    public IKernelLauncher Launcher(in KernelContext context) => new CudaLauncher(functions, context.ComputeStream);

    public nint Allocate(in KernelContext context, long bytes) => context.Allocate(bytes);

    public void Free(in KernelContext context, nint address) => context.Free(address);
}
