using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>GatherGrad(dy [T, H], indices [T], shape [2]) -> dx [shape]</c>: row r of dx is the sum of the rows t of dy
/// with indices[t] = r, in order of t. The gradient of an embedding table.
/// </summary>
/// <remarks>
/// Threads share the columns, not the rows: rows that meet in one row of dx are added by one thread and in one order.
/// </remarks>
internal sealed unsafe class GatherGradKernel : Kernel
{
    // 256 bytes: whole cache lines, so that no line is written by two threads where H is a multiple of 16.
    private const int ColumnsPerBlock = 64;

    public static KernelDefinition Definition { get; } = new(
        "GatherGrad", [ElementType.Float, ElementType.Int64, ElementType.Int64], 1, _ => new GatherGradKernel());

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0);
        (int tokens, int columns) = Shapes.Matrix(Definition, "dy", dy);
        KernelTensor indices = context.Input(1);
        Shapes.Require(Definition, "indices", indices, tokens);
        long rows = TableRows(context.Input(2), columns);
        for (int t = 0; t < tokens; t++)
        {
            if ((ulong)indices.Int64s[t] >= (ulong)rows)
            {
                throw new ArgumentException(
                    $"GatherGrad: index {indices.Int64s[t]} at position {t} is not a row of a table of {rows}.");
            }
        }

        KernelTensor dx = context.Output(0, rows, columns);
        Elementwise.Run(context, dx.Length, new Zeros { Target = dx.Floats });
        context.ParallelFor((columns + ColumnsPerBlock - 1) / ColumnsPerBlock, new Blocks
        {
            Dy = dy.Floats,
            Indices = indices.Int64s,
            Dx = dx.Floats,
            Tokens = tokens,
            Columns = columns,
        });
    }

    /// <summary>Rows of the table, which the input <c>shape</c> tells.</summary>
    /// <exception cref="ArgumentException">Its columns are others than those of dy.</exception>
    internal static long TableRows(KernelTensor shape, int columns)
    {
        Shapes.Require(Definition, "shape", shape, 2);
        if (shape.Int64s[0] < 0 || shape.Int64s[1] != columns)
        {
            throw new ArgumentException(
                $"GatherGrad: shape is [{shape.Int64s[0]}, {shape.Int64s[1]}]; expected 0 or more rows of dy's "
                + $"{columns} columns.");
        }

        return shape.Int64s[0];
    }

    private struct Zeros : IElementwise
    {
        public float* Target;

        public readonly void Run(long start, int count) => new Span<float>(Target + start, count).Clear();
    }

    private struct Blocks : IBlocks
    {
        public float* Dy;
        public long* Indices;
        public float* Dx;
        public int Tokens;
        public int Columns;

        public readonly void Run(int block)
        {
            int first = block * ColumnsPerBlock;
            int width = Math.Min(ColumnsPerBlock, Columns - first);
            for (int t = 0; t < Tokens; t++)
            {
                Vectors.AddTo(Dx + (Indices[t] * Columns) + first, Dy + ((long)t * Columns) + first, width);
            }
        }
    }
}
