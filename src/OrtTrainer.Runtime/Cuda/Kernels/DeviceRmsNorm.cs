using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <see cref="RmsNormKernel"/> and <see cref="RmsNormGradKernel"/> on a device, one warp to each row.
/// </summary>
internal sealed class DeviceRmsNorm(IOperatorDevice device, KernelAttributes attributes) : DeviceOperator(device)
{
    private static readonly DeviceKernel Rows = new(Normalize);
    private static readonly DeviceKernel RowGradients = new(GradientRows);
    private static readonly DeviceKernel BlockSums = new(SumBlocks);

    private readonly float _epsilon = attributes.Float("epsilon");

    public static IReadOnlyList<DeviceKernel> Kernels => [Rows, RowGradients, BlockSums];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
    [
        On(RmsNormKernel.Definition, device, attributes => new DeviceRmsNorm(device, attributes)),
        On(RmsNormGradKernel.Definition, device, _ => new Gradient(device)),
    ];

    /// <summary>y = x invrms gamma, invrms = 1 / √(average(x²) + epsilon).</summary>
    public static void Normalize(
        ArrayView<float> x, ArrayView<float> gamma, ArrayView<float> y, ArrayView<float> invrms, int rows, int columns,
        float epsilon)
    {
        int row = DeviceThread.Row;
        if (row >= rows)
        {
            return;
        }

        long start = (long)row * columns;
        float squares = 0;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            squares += x[start + i] * x[start + i];
        }

        float scale = 1 / XMath.Sqrt((DeviceThread.WarpSum(squares) / columns) + epsilon);
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            y[start + i] = x[start + i] * scale * gamma[i];
        }

        if (DeviceThread.Lane == 0)
        {
            invrms[row] = scale;
        }
    }

    /// <summary>dx = invrms (g - n average(g n)), n = x invrms and g = dy gamma.</summary>
    public static void GradientRows(
        ArrayView<float> dy, ArrayView<float> x, ArrayView<float> gamma, ArrayView<float> invrms, ArrayView<float> dx,
        int rows, int columns)
    {
        int row = DeviceThread.Row;
        if (row >= rows)
        {
            return;
        }

        long start = (long)row * columns;
        float scale = invrms[row], sum = 0;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            sum += dy[start + i] * gamma[i] * (x[start + i] * scale);
        }

        float average = DeviceThread.WarpSum(sum) / columns;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            dx[start + i] = ((dy[start + i] * gamma[i]) - (x[start + i] * scale * average)) * scale;
        }
    }

    /// <summary>Partial sums [blocks, columns] of dgamma = Σ dy n.</summary>
    public static void SumBlocks(
        ArrayView<float> dy, ArrayView<float> x, ArrayView<float> invrms, ArrayView<float> dgamma, int rows,
        int columns)
    {
        long column = DeviceThread.Element;
        if (column < columns)
        {
            int first = Grid.IdxY * RowBlocks.Rows;
            float sum = 0;
            for (int row = first; row < rows && row < first + RowBlocks.Rows; row++)
            {
                long at = ((long)row * columns) + column;
                sum += dy[at] * (x[at] * invrms[row]);
            }

            dgamma[((long)Grid.IdxY * columns) + column] = sum;
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        (int rows, int columns) = Shapes.Matrix(RmsNormKernel.Definition, "x", run.Input(0));
        Shapes.Require(RmsNormKernel.Definition, "gamma", run.Input(1), columns);
        run.Launch(
            Rows, run.Group.GroupsOfWarps(rows), run.Floats(0), run.Floats(1), run.OutputFloats(0, rows, columns),
            run.OutputFloats(1, rows), rows, columns, _epsilon);
    }

    private sealed class Gradient(IOperatorDevice device) : DeviceOperator(device)
    {
        private static KernelDefinition Cpu => RmsNormGradKernel.Definition;

        protected override void Compute(in DeviceRun run)
        {
            (int rows, int columns) = Shapes.Matrix(Cpu, "dy", run.Input(0));
            Shapes.Require(Cpu, "x", run.Input(1), rows, columns);
            Shapes.Require(Cpu, "gamma", run.Input(2), columns);
            Shapes.Require(Cpu, "invrms", run.Input(3), rows);
            run.Launch(
                RowGradients, run.Group.GroupsOfWarps(rows), run.Floats(0), run.Floats(1), run.Floats(2),
                run.Floats(3), run.OutputFloats(0, rows, columns), rows, columns);

            int blocks = RowBlocks.Count(rows);
            using DeviceScratch scratch = run.Scratch((long)blocks * columns * sizeof(float));
            KernelArgument partials = scratch.Floats(0, (long)blocks * columns);
            run.Launch(
                BlockSums, new GridSize(run.Group.GroupsOfThreads(columns), blocks), run.Floats(0), run.Floats(1),
                run.Floats(3), partials, rows, columns);
            DeviceColumnSum.Combine(run, partials, run.OutputFloats(1, columns), blocks, columns);
        }
    }
}
