using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <see cref="SoftmaxCrossEntropyKernel"/> and <see cref="SoftmaxCrossEntropyGradKernel"/> on a device, a group to each
/// row.
/// </summary>
internal sealed class DeviceCrossEntropy(IOperatorDevice device) : DeviceOperator(device)
{
    private static readonly DeviceKernel Losses = new(Forward);
    private static readonly DeviceKernel Gradients = new(Backward);

    public static IReadOnlyList<DeviceKernel> Kernels => [Losses, Gradients];

    private static KernelDefinition Cpu => SoftmaxCrossEntropyKernel.Definition;

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
    [
        On(Cpu, device, _ => new DeviceCrossEntropy(device)),
        On(SoftmaxCrossEntropyGradKernel.Definition, device, _ => new Gradient(device)),
    ];

    /// <summary>loss = Σ t (logsum - (z - top)), z = scale · x.</summary>
    public static void Forward(
        ArrayView<float> x, ArrayView<float> targets, ArrayView<float> scale, ArrayView<float> loss,
        ArrayView<float> top, ArrayView<float> logsum, int columns)
    {
        ArrayView<float> warps = SharedMemory.Allocate<float>(GroupShape.MostWarps);
        int row = Grid.IdxX;
        long start = (long)row * columns;
        float factor = scale[0], largest = DeviceSoftmax.Top(x, start, columns, factor, warps);
        float logarithm = DeviceSoftmax.Logsum(x, start, columns, factor, largest, warps);
        float sum = 0;
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            sum += targets[start + i] * (logarithm - ((x[start + i] * factor) - largest));
        }

        sum = DeviceThread.GroupSum(sum, warps);
        if (Group.IdxX == 0)
        {
            loss[row] = sum;
            top[row] = largest;
            logsum[row] = logarithm;
        }
    }

    /// <summary>dx = dloss · scale (Σ t · e^(z - top - logsum) - t).</summary>
    public static void Backward(
        ArrayView<float> dloss, ArrayView<float> x, ArrayView<float> targets, ArrayView<float> scale,
        ArrayView<float> top, ArrayView<float> logsum, ArrayView<float> dx, int columns)
    {
        ArrayView<float> warps = SharedMemory.Allocate<float>(GroupShape.MostWarps);
        int row = Grid.IdxX;
        long start = (long)row * columns;
        float mass = 0;
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            mass += targets[start + i];
        }

        mass = DeviceThread.GroupSum(mass, warps);
        float factor = dloss[row] * scale[0], largest = top[row], logarithm = logsum[row];
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            float p = XMath.Exp((x[start + i] * scale[0]) - largest - logarithm);
            dx[start + i] = factor * ((mass * p) - targets[start + i]);
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        (int rows, int columns) = DeviceSoftmax.Check(run, Cpu, x: 0, scale: 2);
        Shapes.Require(Cpu, "targets", run.Input(1), rows, columns);
        run.Launch(
            Losses, rows, run.Floats(0), run.Floats(1), run.Floats(2), run.OutputFloats(0, rows),
            run.OutputFloats(1, rows), run.OutputFloats(2, rows), columns);
    }

    private sealed class Gradient(IOperatorDevice device) : DeviceOperator(device)
    {
        private static KernelDefinition Cpu => SoftmaxCrossEntropyGradKernel.Definition;

        protected override void Compute(in DeviceRun run)
        {
            (int rows, int columns) = DeviceSoftmax.Check(run, Cpu, x: 1, scale: 3);
            Shapes.Require(Cpu, "targets", run.Input(2), rows, columns);
            DeviceSoftmax.CheckRows(run, Cpu, top: 4, rows);
            run.Launch(
                Gradients, rows, run.Floats(0), run.Floats(1), run.Floats(2), run.Floats(3), run.Floats(4),
                run.Floats(5), run.OutputFloats(0, rows, columns), columns);
        }
    }
}
