using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// The softmax of a row z = scale · x by one group, as all kernels of cross-entropy make it; see
/// <see cref="SoftmaxRow"/>.
/// </summary>
internal static class DeviceSoftmax
{
    /// <summary>The largest z of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Top(ArrayView<float> x, long start, int columns, float scale, ArrayView<float> warps)
    {
        float top = float.NegativeInfinity;
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            top = XMath.Max(top, x[start + i] * scale);
        }

        return DeviceThread.GroupLargest(top, warps);
    }

    /// <summary>The logarithm of Σ e^(z - top).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Logsum(
        ArrayView<float> x, long start, int columns, float scale, float top, ArrayView<float> warps)
    {
        float sum = 0;
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            sum += XMath.Exp((x[start + i] * scale) - top);
        }

        return XMath.Log(DeviceThread.GroupSum(sum, warps));
    }

    /// <summary>Checks the logits and the number that they are multiplied with.</summary>
    public static (int Rows, int Columns) Check(in DeviceRun run, KernelDefinition cpu, int x, int scale)
    {
        Shapes.Require(cpu, "scale", run.Input(scale));
        return Shapes.Matrix(cpu, "x", run.Input(x));
    }

    /// <summary>Checks the rows' numbers that gradients take.</summary>
    public static void CheckRows(in DeviceRun run, KernelDefinition cpu, int top, int rows)
    {
        Shapes.Require(cpu, "dloss", run.Input(0), rows);
        Shapes.Require(cpu, "top", run.Input(top), rows);
        Shapes.Require(cpu, "logsum", run.Input(top + 1), rows);
    }

}
