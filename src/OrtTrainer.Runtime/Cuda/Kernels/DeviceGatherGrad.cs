using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <see cref="GatherGradKernel"/> on a device, in an order that the indices alone decide: the tokens are sorted by
/// index, then place; blocks of sorted tokens are summed by a thread to a column; and an index whose tokens reach over
/// several blocks is summed over them in order. Indices stay unread by the host; one that is no row of the table adds
/// to nothing.
/// </summary>
internal sealed class DeviceGatherGrad(IOperatorDevice device) : DeviceOperator(device)
{
    /// <summary>Sorted tokens that one thread adds up.</summary>
    private const int Block = 32;

    private static readonly DeviceKernel Zeros = new(Clear);
    private static readonly DeviceKernel Sorted = new(Sort);
    private static readonly DeviceKernel BlockSums = new(SumBlocks);
    private static readonly DeviceKernel LongSums = new(Join);

    public static IReadOnlyList<DeviceKernel> Kernels => [Zeros, Sorted, BlockSums, LongSums];

    private static KernelDefinition Cpu => GatherGradKernel.Definition;

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        [On(Cpu, device, _ => new DeviceGatherGrad(device), hostInputs: 2)];

    /// <summary>x = 0.</summary>
    public static void Clear(ArrayView<float> x)
    {
        long i = DeviceThread.Element;
        if (i < x.Length)
        {
            x[i] = 0;
        }
    }

    /// <summary>order [T] = the tokens by index, those of one index by place: each thread counts what comes before its
    /// token.</summary>
    public static void Sort(ArrayView<long> indices, ArrayView<int> order)
    {
        long token = DeviceThread.Element;
        if (token < indices.Length)
        {
            long index = indices[token];
            int before = 0;
            for (long other = 0; other < indices.Length; other++)
            {
                long next = indices[other];
                before += next < index || (next == index && other < token) ? 1 : 0;
            }

            order[before] = (int)token;
        }
    }

    /// <summary>
    /// Rows of dx whose tokens lie in one block. Of an index that reaches out of the block, the sums of its tokens in
    /// it: to heads [blocks, columns] where it began before, otherwise to tails.
    /// </summary>
    public static void SumBlocks(
        ArrayView<float> dy, ArrayView<long> indices, ArrayView<int> order, ArrayView<float> dx,
        ArrayView<float> heads, ArrayView<float> tails, int columns, long rows)
    {
        long column = DeviceThread.Element;
        if (column >= columns)
        {
            return;
        }

        int first = Grid.IdxY * Block, tokens = order.IntLength;
        int end = first + Block < tokens ? first + Block : tokens;
        bool beganBefore = first > 0 && indices[order[first - 1]] == indices[order[first]];
        long kept = ((long)Grid.IdxY * columns) + column;
        float sum = 0;
        for (int i = first; i < end; i++)
        {
            long index = indices[order[i]];
            sum += dy[((long)order[i] * columns) + column];
            bool goesOn = i + 1 < tokens && indices[order[i + 1]] == index;
            if (goesOn && i + 1 < end)
            {
                continue;
            }

            if (beganBefore)
            {
                heads[kept] = sum;
            }
            else if (goesOn)
            {
                tails[kept] = sum;
            }
            else if (index >= 0 && index < rows)
            {
                dx[(index * columns) + column] = sum;
            }

            beganBefore = false;
            sum = 0;
        }
    }

    /// <summary>Rows of dx whose tokens begin in a block and reach into others.</summary>
    public static void Join(
        ArrayView<long> indices, ArrayView<int> order, ArrayView<float> dx, ArrayView<float> heads,
        ArrayView<float> tails, int columns, long rows)
    {
        long column = DeviceThread.Element;
        int first = Grid.IdxY * Block, next = first + Block, tokens = order.IntLength;
        if (column >= columns || next >= tokens)
        {
            return;
        }

        long index = indices[order[next - 1]];
        bool beganBefore = first > 0 && indices[order[first - 1]] == index;
        if (beganBefore || indices[order[next]] != index || index < 0 || index >= rows)
        {
            return;
        }

        float sum = tails[((long)Grid.IdxY * columns) + column];
        for (; next < tokens && indices[order[next]] == index; next += Block)
        {
            sum += heads[((long)(next / Block) * columns) + column];
        }

        dx[(index * columns) + column] = sum;
    }

    protected override void Compute(in DeviceRun run)
    {
        (int tokens, int columns) = Shapes.Matrix(Cpu, "dy", run.Input(0));
        Shapes.Require(Cpu, "indices", run.Input(1), tokens);
        long rows = GatherGradKernel.TableRows(run.Input(2), columns);
        KernelArgument indices = run.Int64s(1), dx = run.OutputFloats(0, rows, columns);
        run.Launch(Zeros, run.Group.GroupsOfThreads(rows * columns), dx);

        int blocks = (tokens + Block - 1) / Block;
        long sums = (long)blocks * columns;
        using DeviceScratch scratch = run.Scratch((tokens + (2 * sums)) * sizeof(float));
        KernelArgument order = scratch.Int32s(0, tokens);
        KernelArgument heads = scratch.Floats(tokens, sums), tails = scratch.Floats(tokens + sums, sums);
        GridSize grid = new(run.Group.GroupsOfThreads(columns), blocks);
        run.Launch(Sorted, run.Group.GroupsOfThreads(tokens), indices, order);
        run.Launch(BlockSums, grid, run.Floats(0), indices, order, dx, heads, tails, columns, rows);
        run.Launch(LongSums, grid, indices, order, dx, heads, tails, columns, rows);
    }
}
