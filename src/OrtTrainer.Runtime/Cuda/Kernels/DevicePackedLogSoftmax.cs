using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <see cref="PackedLogSoftmaxKernel"/> and <see cref="PackedLogSoftmaxGradKernel"/> on a device, a group to each
/// sequence and column. Offsets stay unread by the host; what is out of range ends at the last row.
/// </summary>
internal sealed class DevicePackedLogSoftmax(IOperatorDevice device) : DeviceOperator(device)
{
    private static readonly DeviceKernel Values = new(Forward);
    private static readonly DeviceKernel Gradients = new(Backward);

    public static IReadOnlyList<DeviceKernel> Kernels => [Values, Gradients];

    private static KernelDefinition Cpu => PackedLogSoftmaxKernel.Definition;

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
    [
        On(Cpu, device, _ => new DevicePackedLogSoftmax(device)),
        On(PackedLogSoftmaxGradKernel.Definition, device, _ => new Gradient(device)),
    ];

    /// <summary>y = x - log Σ e^x over the rows of a sequence.</summary>
    public static void Forward(
        ArrayView<float> x, ArrayView<long> offsets, ArrayView<float> y, int tokens, int columns)
    {
        ArrayView<float> warps = SharedMemory.Allocate<float>(GroupShape.MostWarps);
        int column = Grid.IdxY;
        long first = XMath.Max(0L, offsets[Grid.IdxX]), end = XMath.Min(tokens, offsets[Grid.IdxX + 1]);
        float top = float.NegativeInfinity;
        for (long row = first + Group.IdxX; row < end; row += Group.DimX)
        {
            top = XMath.Max(top, x[(row * columns) + column]);
        }

        top = DeviceThread.GroupLargest(top, warps);
        float sum = 0;
        for (long row = first + Group.IdxX; row < end; row += Group.DimX)
        {
            sum += XMath.Exp(x[(row * columns) + column] - top);
        }

        float logarithm = XMath.Log(DeviceThread.GroupSum(sum, warps));
        for (long row = first + Group.IdxX; row < end; row += Group.DimX)
        {
            y[(row * columns) + column] = x[(row * columns) + column] - top - logarithm;
        }
    }

    /// <summary>dx = dy - e^y Σ dy over the rows of a sequence.</summary>
    public static void Backward(
        ArrayView<float> dy, ArrayView<float> y, ArrayView<long> offsets, ArrayView<float> dx, int tokens, int columns)
    {
        ArrayView<float> warps = SharedMemory.Allocate<float>(GroupShape.MostWarps);
        int column = Grid.IdxY;
        long first = XMath.Max(0L, offsets[Grid.IdxX]), end = XMath.Min(tokens, offsets[Grid.IdxX + 1]);
        float sum = 0;
        for (long row = first + Group.IdxX; row < end; row += Group.DimX)
        {
            sum += dy[(row * columns) + column];
        }

        sum = DeviceThread.GroupSum(sum, warps);
        for (long row = first + Group.IdxX; row < end; row += Group.DimX)
        {
            long at = (row * columns) + column;
            dx[at] = dy[at] - (XMath.Exp(y[at]) * sum);
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        (int tokens, int columns) = Shapes.Matrix(Cpu, "x", run.Input(0));
        run.Launch(
            Values, new GridSize(Sequences(run, Cpu, 1), columns), run.Floats(0), run.Int64s(1),
            run.OutputFloats(0, tokens, columns), tokens, columns);
    }

    private static int Sequences(in DeviceRun run, KernelDefinition cpu, int offsets)
    {
        KernelTensor ends = run.Input(offsets);
        return ends.Shape.Length == 1 && ends.Length is >= 1 and <= int.MaxValue
            ? (int)ends.Length - 1
            : throw new ArgumentException($"{cpu.Name}: offsets has shape {ends}; expected [sequences + 1].");
    }

    private sealed class Gradient(IOperatorDevice device) : DeviceOperator(device)
    {
        private static KernelDefinition Cpu => PackedLogSoftmaxGradKernel.Definition;

        protected override void Compute(in DeviceRun run)
        {
            (int tokens, int columns) = Shapes.Matrix(Cpu, "dy", run.Input(0));
            Shapes.Require(Cpu, "y", run.Input(1), tokens, columns);
            run.Launch(
                Gradients, new GridSize(Sequences(run, Cpu, 2), columns), run.Floats(0), run.Floats(1), run.Int64s(2),
                run.OutputFloats(0, tokens, columns), tokens, columns);
        }
    }
}
