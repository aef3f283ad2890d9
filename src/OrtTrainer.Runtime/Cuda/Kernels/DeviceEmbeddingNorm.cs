using System.Runtime.CompilerServices;
using ILGPU;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <see cref="EmbeddingNormKernel"/> on a device, one warp to each row. Ids stay unread by the host: one that is no row
/// of its table gives a row that is not a number.
/// </summary>
internal sealed class DeviceEmbeddingNorm(
    IOperatorDevice device, KernelDefinition cpu, int tables, KernelAttributes attributes) : DeviceOperator(device)
{
    private static readonly DeviceKernel Rows = new(SumAndNormalize);

    private readonly float _epsilon = attributes.Float("epsilon");
    private readonly DropoutSite _dropout = new(attributes);

    public static IReadOnlyList<DeviceKernel> Kernels => [Rows];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        EmbeddingNormKernel.Definitions.Select((cpu, i) => On(
            cpu, device, attributes => new DeviceEmbeddingNorm(device, cpu, i + 1, attributes)));

    /// <summary>
    /// z = the sum of the rows that a token picks, y = the layer normalization of z, dropped out; a table without
    /// elements is none.
    /// </summary>
    public static void SumAndNormalize(
        ArrayView<float> table0, ArrayView<float> table1, ArrayView<float> table2, ArrayView<float> table3,
        ArrayView<long> ids0, ArrayView<long> ids1, ArrayView<long> ids2, ArrayView<long> ids3, ArrayView<float> gamma,
        ArrayView<float> beta, ArrayView<float> y, ArrayView<float> z, ArrayView<float> mean, ArrayView<float> invstd,
        int rows, int columns, int tables, float epsilon, ArrayView<long> key, DeviceMask site)
    {
        int row = DeviceThread.Row;
        if (row >= rows)
        {
            return;
        }

        DeviceMask mask = site.At(key);
        long start = (long)row * columns;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            float sum = Picked(table0, ids0[row], columns, i);
            sum = tables > 1 ? sum + Picked(table1, ids1[row], columns, i) : sum;
            sum = tables > 2 ? sum + Picked(table2, ids2[row], columns, i) : sum;
            z[start + i] = tables > 3 ? sum + Picked(table3, ids3[row], columns, i) : sum;
        }

        float middle = DeviceRow.Mean(z, start, columns);
        float scale = DeviceRow.Invstd(z, start, columns, middle, epsilon);
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            y[start + i] = DeviceRow.Normalized(z[start + i], middle, scale, gamma[i], beta[i])
                * mask.Factor((uint)(start + i));
        }

        if (DeviceThread.Lane == 0)
        {
            mean[row] = middle;
            invstd[row] = scale;
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        (_, int columns) = Shapes.Matrix(cpu, "table0", run.Input(0));
        KernelTensor ids = run.Input(tables);
        if (ids.Shape.Length != 1)
        {
            throw new ArgumentException($"{cpu.Name}: ids0 has shape {ids}; expected [T].");
        }

        int rows = checked((int)ids.Length);
        Span<KernelArgument> picked = new KernelArgument[2 * FusedOperations.MostEmbeddings];
        for (int i = 0; i < FusedOperations.MostEmbeddings; i++)
        {
            picked[i] = i < tables ? Table(run, i, columns) : KernelArgument.Floats(0, 0);
            picked[FusedOperations.MostEmbeddings + i] =
                i < tables ? Ids(run, i, rows) : KernelArgument.Int64s(0, 0);
        }

        int gamma = 2 * tables;
        Shapes.Require(cpu, "gamma", run.Input(gamma), columns);
        Shapes.Require(cpu, "beta", run.Input(gamma + 1), columns);
        run.Launch(
            Rows, run.Group.GroupsOfWarps(rows),
            [
                .. picked, run.Floats(gamma), run.Floats(gamma + 1), run.OutputFloats(0, rows, columns),
                run.OutputFloats(1, rows, columns), run.OutputFloats(2, rows), run.OutputFloats(3, rows), rows, columns,
                tables, _epsilon, run.DropoutKey(gamma + 2), DeviceRun.MaskOf(_dropout),
            ]);
    }

    private KernelArgument Table(in DeviceRun run, int number, int columns)
    {
        KernelTensor table = run.Input(number);
        (int tableRows, _) = Shapes.Matrix(cpu, $"table{number}", table);
        Shapes.Require(cpu, $"table{number}", table, tableRows, columns);
        return DeviceRun.FloatsOf(table);
    }

    private KernelArgument Ids(in DeviceRun run, int number, int rows)
    {
        Shapes.Require(cpu, $"ids{number}", run.Input(tables + number), rows);
        return run.Int64s(tables + number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Picked(ArrayView<float> table, long id, int columns, int column) =>
        id >= 0 && id < table.Length / columns ? table[(id * columns) + column] : float.NaN;
}
