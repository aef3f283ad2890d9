using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu;

/// <summary>The processors of the host: ONNX Runtime's own provider, C# kernels, and updates as passes over
/// memory.</summary>
internal sealed class CpuDevice : Device
{
    private CpuDevice()
    {
    }

    public static CpuDevice Instance { get; } = new();

    public override string Name => "cpu";

    public override WeightArithmetic Arithmetic { get; } = new CpuArithmetic();

    internal override OrtMemoryInfo MemoryInfo => OrtMemoryInfo.DefaultInstance;

    internal override KernelLibrary Kernels => KernelLibrary.Default;

    public override WeightUpdates CreateUpdates(int threads) => new CpuUpdates(threads);

    public override TableGradient CreateTableGradient(
        WeightBuffer gradients, WeightSegment table, BlockMap written) =>
        new CpuTableGradient(gradients, table, written);

    internal override DeviceMemory Allocate(nuint byteLength) => new AlignedMemory(byteLength);

    // Sessions execute on the processors unless they are told otherwise.
    internal override void Configure(SessionOptions settings)
    {
    }
}
