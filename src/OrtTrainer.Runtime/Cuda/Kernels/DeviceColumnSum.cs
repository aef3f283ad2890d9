using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <see cref="ColumnSumKernel"/> on a device: one thread to a column of a block of rows, then one to a column of the
/// blocks' sums. The order is the same in every run.
/// </summary>
internal sealed class DeviceColumnSum(IOperatorDevice device) : DeviceOperator(device)
{
    private static readonly DeviceKernel BlockSums = new(SumBlocks);
    private static readonly DeviceKernel Total = new(AddBlocks);

    public static IReadOnlyList<DeviceKernel> Kernels => [BlockSums, Total];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        [On(ColumnSumKernel.Definition, device, _ => new DeviceColumnSum(device))];

    /// <summary>partials [blocks, columns] = the sums of <see cref="RowBlocks.Rows"/> rows each.</summary>
    public static void SumBlocks(ArrayView<float> x, ArrayView<float> partials, int rows, int columns)
    {
        long column = DeviceThread.Element;
        if (column < columns)
        {
            int first = Grid.IdxY * RowBlocks.Rows;
            float sum = 0;
            for (int row = first; row < rows && row < first + RowBlocks.Rows; row++)
            {
                sum += x[((long)row * columns) + column];
            }

            partials[((long)Grid.IdxY * columns) + column] = sum;
        }
    }

    /// <summary>sum [columns] = the sum over blocks of partials [blocks, columns], in their order.</summary>
    public static void AddBlocks(ArrayView<float> partials, ArrayView<float> sum, int blocks, int columns)
    {
        long column = DeviceThread.Element;
        if (column < columns)
        {
            float total = 0;
            for (int block = 0; block < blocks; block++)
            {
                total += partials[((long)block * columns) + column];
            }

            sum[column] = total;
        }
    }

    /// <summary>Launches <see cref="AddBlocks"/>.</summary>
    public static void Combine(
        in DeviceRun run, KernelArgument partials, KernelArgument sum, int blocks, int columns) =>
        run.Launch(Total, run.Group.GroupsOfThreads(columns), partials, sum, blocks, columns);

    protected override void Compute(in DeviceRun run)
    {
        KernelTensor x = run.Input(0);
        (int rows, int columns) = Shapes.Matrix(ColumnSumKernel.Definition, "x", x);
        int blocks = RowBlocks.Count(rows);
        using DeviceScratch scratch = run.Scratch((long)blocks * columns * sizeof(float));
        KernelArgument partials = scratch.Floats(0, (long)blocks * columns);
        run.Launch(
            BlockSums, new GridSize(run.Group.GroupsOfThreads(columns), blocks), DeviceRun.FloatsOf(x), partials, rows,
            columns);
        Combine(run, partials, run.OutputFloats(0, columns), blocks, columns);
    }
}
