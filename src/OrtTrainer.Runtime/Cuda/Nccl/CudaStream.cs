using OrtTrainer.Runtime.Cuda.Driver;

namespace OrtTrainer.Runtime.Cuda.Nccl;

/// <summary>The stream of a CUDA device into which all goes that is not ONNX Runtime's.</summary>
internal sealed class CudaStream(CudaContext context) : INcclStream
{
    public IntPtr Handle => context.Stream;

    public void Use() => context.Use();

    public bool IsDone() => context.IsDone();
}
