using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

/// <summary>Operators run by a device's kernels, on the host.</summary>
internal static class OnDevice
{
    private static readonly Lazy<KernelLibrary> LazyLibrary = new(() =>
        new KernelLibrary(DeviceKernels.On(new SimulatedOperatorDevice(new SimulatedLauncher()))));

    /// <summary>The words of a step's key.</summary>
    public static long[] Key { get; } = [0x1234_5678, 0xFEDC_BA98];

    public static KernelLibrary Library => LazyLibrary.Value;

    /// <summary>The outputs are those of the CPU's kernel, and the same bits in a second run.</summary>
    public static void IsAsOnTheCpu(KernelRun run, int outputs, double tolerance = 1e-5)
    {
        float[][] actual = run.Outputs(outputs, library: Library), again = run.Outputs(outputs, library: Library);
        float[][] expected = run.Outputs(outputs);
        for (int i = 0; i < outputs; i++)
        {
            Expect.Close(actual[i], [.. expected[i].Select(v => (double)v)], tolerance, $"{run.Operator}, output {i}");
            Assert.That(again[i].AsSpan().SequenceEqual(actual[i]), $"output {i} in two runs");
        }
    }

    /// <summary>Normal numbers, [rows, columns].</summary>
    public static KernelRun Matrix(this KernelRun run, int seed, int rows, int columns) =>
        run.With(Reference.Random(seed, rows * columns), rows, columns);

    /// <summary>Normal numbers, [length].</summary>
    public static KernelRun Vector(this KernelRun run, int seed, int length) =>
        run.With(Reference.Random(seed, length), length);
}
