using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary><c>ColumnSum(x [N, H]) -> y [H]</c>: the sum of the rows, as the gradient of a bias needs it.</summary>
internal sealed unsafe class ColumnSumKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "ColumnSum", [ElementType.Float], 1, _ => new ColumnSumKernel());

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        (int rows, int columns) = Shapes.Matrix(Definition, "x", x);
        Sum(context, x.Floats, rows, columns, context.Output(0, columns).Floats);
    }

    /// <summary>The sum of rows, by blocks of them and then in their order.</summary>
    public static void Sum(in KernelContext context, float* x, int rows, int columns, float* y)
    {
        int count = RowBlocks.Count(rows);
        float* partials = Scratch.ForCall((long)count * columns);
        context.ParallelFor(count, new Blocks { X = x, Rows = rows, Columns = columns, Partials = partials });
        RowBlocks.Combine(partials, count, columns, y, columns);
    }

    private struct Blocks : IBlocks
    {
        public float* X;
        public int Rows;
        public int Columns;
        public float* Partials;

        public readonly void Run(int block)
        {
            (int first, int end) = RowBlocks.Range(block, Rows);
            float* sum = Partials + ((long)block * Columns);
            new Span<float>(X + ((long)first * Columns), Columns).CopyTo(new Span<float>(sum, Columns));
            for (int row = first + 1; row < end; row++)
            {
                Vectors.AddTo(sum, X + ((long)row * Columns), Columns);
            }
        }
    }
}
