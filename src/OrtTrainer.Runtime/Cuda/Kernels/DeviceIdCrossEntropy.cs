using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <see cref="IdCrossEntropyKernel"/> and <see cref="IdCrossEntropyGradKernel"/> on a device, a group to each row. Ids
/// stay unread by the host: one that is no class gives a loss and a gradient that are not a number.
/// </summary>
internal sealed class DeviceIdCrossEntropy(IOperatorDevice device) : DeviceOperator(device)
{
    private static readonly DeviceKernel Losses = new(Forward);
    private static readonly DeviceKernel Gradients = new(Backward);

    public static IReadOnlyList<DeviceKernel> Kernels => [Losses, Gradients];

    private static KernelDefinition Cpu => IdCrossEntropyKernel.Definition;

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
    [
        On(Cpu, device, _ => new DeviceIdCrossEntropy(device)),
        On(IdCrossEntropyGradKernel.Definition, device, _ => new Gradient(device)),
    ];

    /// <summary>loss = -label · log p_y - all · Σ log p_k.</summary>
    public static void Forward(
        ArrayView<float> x, ArrayView<long> ids, ArrayView<float> scale, ArrayView<float> label, ArrayView<float> all,
        ArrayView<float> loss, ArrayView<float> top, ArrayView<float> logsum, int columns)
    {
        ArrayView<float> warps = SharedMemory.Allocate<float>(GroupShape.MostWarps);
        int row = Grid.IdxX;
        long start = (long)row * columns, id = ids[row];
        float factor = scale[0], largest = DeviceSoftmax.Top(x, start, columns, factor, warps);
        float logarithm = DeviceSoftmax.Logsum(x, start, columns, factor, largest, warps);
        float others = 0;
        if (all[0] != 0)
        {
            for (int i = Group.IdxX; i < columns; i += Group.DimX)
            {
                others += logarithm + (largest - (x[start + i] * factor));
            }

            others = DeviceThread.GroupSum(others, warps);
        }

        if (Group.IdxX == 0)
        {
            float own = id >= 0 && id < columns ? logarithm - ((x[start + id] * factor) - largest) : float.NaN;
            loss[row] = (label[0] * own) + (all[0] * others);
            top[row] = largest;
            logsum[row] = logarithm;
        }
    }

    /// <summary>dx = dloss · scale ((label + K all) p - all), and at the id less label.</summary>
    public static void Backward(
        ArrayView<float> dloss, ArrayView<float> x, ArrayView<long> ids, ArrayView<float> scale,
        ArrayView<float> label, ArrayView<float> all, ArrayView<float> top, ArrayView<float> logsum,
        ArrayView<float> dx, int columns)
    {
        int row = Grid.IdxX;
        long start = (long)row * columns, id = ids[row];
        float factor = id >= 0 && id < columns ? dloss[row] * scale[0] : float.NaN;
        float largest = top[row], logarithm = logsum[row], mass = label[0] + (all[0] * columns);
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            float p = XMath.Exp((x[start + i] * scale[0]) - largest - logarithm);
            float gradient = factor * ((mass * p) - all[0]);
            dx[start + i] = i == id ? gradient - (factor * label[0]) : gradient;
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        (int rows, int columns) = DeviceSoftmax.Check(run, Cpu, x: 0, scale: 2);
        CheckShares(run, Cpu, ids: 1, label: 3, rows);
        run.Launch(
            Losses, rows, run.Floats(0), run.Int64s(1), run.Floats(2), run.Floats(3), run.Floats(4),
            run.OutputFloats(0, rows), run.OutputFloats(1, rows), run.OutputFloats(2, rows), columns);
    }

    private static void CheckShares(in DeviceRun run, KernelDefinition cpu, int ids, int label, int rows)
    {
        Shapes.Require(cpu, "ids", run.Input(ids), rows, 1);
        Shapes.Require(cpu, "label", run.Input(label));
        Shapes.Require(cpu, "all", run.Input(label + 1));
    }

    private sealed class Gradient(IOperatorDevice device) : DeviceOperator(device)
    {
        private static KernelDefinition Cpu => IdCrossEntropyGradKernel.Definition;

        protected override void Compute(in DeviceRun run)
        {
            (int rows, int columns) = DeviceSoftmax.Check(run, Cpu, x: 1, scale: 3);
            CheckShares(run, Cpu, ids: 2, label: 4, rows);
            DeviceSoftmax.CheckRows(run, Cpu, top: 6, rows);
            run.Launch(
                Gradients, rows, run.Floats(0), run.Floats(1), run.Int64s(2), run.Floats(3), run.Floats(4),
                run.Floats(5), run.Floats(6), run.Floats(7), run.OutputFloats(0, rows, columns), columns);
        }
    }
}
