using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary><see cref="LayerNormKernel"/> on a device, one warp to each row.</summary>
internal sealed class DeviceLayerNorm(IOperatorDevice device, KernelAttributes attributes) : DeviceOperator(device)
{
    private static readonly DeviceKernel Rows = new(Normalize);

    private readonly float _epsilon = attributes.Float("epsilon");

    public static IReadOnlyList<DeviceKernel> Kernels => [Rows];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        [On(LayerNormKernel.Definition, device, attributes => new DeviceLayerNorm(device, attributes))];

    /// <summary>y = the layer normalization of x.</summary>
    public static void Normalize(
        ArrayView<float> x, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<float> y, ArrayView<float> mean,
        ArrayView<float> invstd, int rows, int columns, float epsilon)
    {
        int row = DeviceThread.Row;
        if (row >= rows)
        {
            return;
        }

        long start = (long)row * columns;
        float middle = DeviceRow.Mean(x, start, columns);
        float scale = DeviceRow.Invstd(x, start, columns, middle, epsilon);
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            y[start + i] = DeviceRow.Normalized(x[start + i], middle, scale, gamma[i], beta[i]);
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
        (int rows, int columns) = Shapes.Matrix(LayerNormKernel.Definition, "x", x);
        Shapes.Require(LayerNormKernel.Definition, "gamma", run.Input(1), columns);
        Shapes.Require(LayerNormKernel.Definition, "beta", run.Input(2), columns);
        run.Launch(
            Rows, run.Group.GroupsOfWarps(rows), DeviceRun.FloatsOf(x), run.Floats(1), run.Floats(2),
            run.OutputFloats(0, rows, columns), run.OutputFloats(1, rows), run.OutputFloats(2, rows), rows, columns,
            _epsilon);
    }
}
