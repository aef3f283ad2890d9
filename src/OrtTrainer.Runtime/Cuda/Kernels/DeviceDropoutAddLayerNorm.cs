using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary><see cref="DropoutAddLayerNormKernel"/> on a device, one warp to each row.</summary>
internal sealed class DeviceDropoutAddLayerNorm(IOperatorDevice device, KernelAttributes attributes)
    : DeviceOperator(device)
{
    private static readonly DeviceKernel Rows = new(AddAndNormalize);

    private readonly float _epsilon = attributes.Float("epsilon");
    private readonly DropoutSite _dropout = new(attributes);

    public static IReadOnlyList<DeviceKernel> Kernels => [Rows];

    private static KernelDefinition Cpu => DropoutAddLayerNormKernel.Definition;

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        [On(Cpu, device, attributes => new DeviceDropoutAddLayerNorm(device, attributes))];

    /// <summary>z = residual + x · mask, y = the layer normalization of z.</summary>
    public static void AddAndNormalize(
        ArrayView<float> x, ArrayView<float> residual, ArrayView<float> gamma, ArrayView<float> beta,
        ArrayView<float> y, ArrayView<float> z, ArrayView<float> mean, ArrayView<float> invstd, int rows, int columns,
        float epsilon, ArrayView<long> key, DeviceMask site)
    {
        int row = DeviceThread.Row;
        if (row >= rows)
        {
            return;
        }

        DeviceMask mask = site.At(key);

        // Threads read again only what they wrote themselves.
        long start = (long)row * columns;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            z[start + i] = (x[start + i] * mask.Factor((uint)(start + i))) + residual[start + i];
        }

        float middle = DeviceRow.Mean(z, start, columns);
        float scale = DeviceRow.Invstd(z, start, columns, middle, epsilon);
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            y[start + i] = DeviceRow.Normalized(z[start + i], middle, scale, gamma[i], beta[i]);
        }

        if (DeviceThread.Lane == 0)
        {
            mean[row] = middle;
            invstd[row] = scale;
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        KernelTensor x = run.Input(0);
        (int rows, int columns) = Shapes.Matrix(Cpu, "x", x);
        Shapes.Require(Cpu, "residual", run.Input(1), rows, columns);
        Shapes.Require(Cpu, "gamma", run.Input(2), columns);
        Shapes.Require(Cpu, "beta", run.Input(3), columns);
        run.Launch(
            Rows, run.Group.GroupsOfWarps(rows), DeviceRun.FloatsOf(x), run.Floats(1), run.Floats(2), run.Floats(3),
            run.OutputFloats(0, rows, columns), run.OutputFloats(1, rows, columns), run.OutputFloats(2, rows),
            run.OutputFloats(3, rows), rows, columns, _epsilon, run.DropoutKey(4),
            DeviceRun.MaskOf(_dropout));
    }
}
