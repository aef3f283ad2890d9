using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cpu.MachineCode;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Distributed;
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

    public override void Require(Precision precision, bool usesKernels = true)
    {
        if (precision is not (Precision.Fp32 or Precision.Bf16))
        {
            throw new ArgumentException(
                $"Precision is {precision.ToString().ToLowerInvariant()}, which CUDA devices have and the processors "
                + "have not. Take fp32 or bf16, or --device cuda.");
        }

        if (usesKernels && precision == Precision.Bf16 && !ProductKernels.BFloat16IsSupported)
        {
            throw new ArgumentException(
                "Precision is bf16, which needs a processor with AVX-512 BF16 and Linux or Windows; this one has it "
                + "not, or .NET may not use AVX-512 on it. Take fp32.");
        }
    }

    public override WeightUpdates CreateUpdates(int threads, UpdateShare? share = null) =>
        new CpuUpdates(threads, share ?? UpdateShare.Whole);

    public override double MeasurePeak(int threads) => PeakArithmetic.Measure(threads);

    public override TableGradient CreateTableGradient(
        WeightBuffer gradients, WeightSegment table, BlockMap written) =>
        new CpuTableGradient(gradients, table, written);

    internal override DeviceMemory Allocate(nuint byteLength) => new AlignedMemory(byteLength);

    public override DeviceSurvey Survey() => new(Name, [],
    [
        new DeviceReport(
            Name, Processor.Name, Problem: null,
            ProductKernels.BFloat16IsSupported ? [Precision.Fp32, Precision.Bf16] : [Precision.Fp32])
        {
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Units = Environment.ProcessorCount,
        },
    ]);

    // Sessions execute on the processors unless they are told otherwise.
    internal override void Configure(SessionOptions settings, ExecutionOptions options)
    {
    }
}
