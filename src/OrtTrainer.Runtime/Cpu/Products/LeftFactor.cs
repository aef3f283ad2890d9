using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// The left factor of a product as tiles read it: where it lies, or converted by the session's threads.
/// </summary>
internal static unsafe class LeftFactor<TTile>
    where TTile : struct, ITile
{
    /// <summary>For <see cref="ITile.Multiply"/>.</summary>
    /// <param name="context">The node's run.</param>
    /// <param name="source">[rows, columns].</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="columns">The depth.</param>
    /// <param name="row">Bytes from row to row of the result, which is valid until the kernel returns.</param>
    public static byte* Rows(in KernelContext context, float* source, int rows, int columns, out nint row)
    {
        int steps = (columns + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;
        row = (nint)steps * sizeof(float);
        return TTile.ElementsPerStep == 1
            ? (byte*)source
            : Converted(context, source, rows, columns, steps, transposed: false);
    }

    /// <summary>For <see cref="ITile.MultiplyTransposed"/>: [steps, columns].</summary>
    /// <inheritdoc cref="Rows"/>
    public static byte* Steps(in KernelContext context, float* source, int rows, int columns) =>
        TTile.ElementsPerStep == 1
            ? (byte*)source
            : Converted(context, source, rows, columns, columns, transposed: true);

    private static byte* Converted(
        in KernelContext context, float* source, int rows, int columns, int rowSteps, bool transposed)
    {
        byte* target = (byte*)Scratch.ForCall((long)(rows + 1) * rowSteps);
        context.ParallelFor(RowBlocks.Count(rows), new Conversion
        {
            Source = source,
            Count = rows,
            Columns = columns,
            Target = target,
            Transposed = transposed,
        });
        return target;
    }

    private struct Conversion : IBlocks
    {
        public float* Source;
        public int Count;
        public int Columns;
        public byte* Target;
        public bool Transposed;

        public readonly void Run(int block)
        {
            (int first, int end) = RowBlocks.Range(block, Count);
            float* source = Source + ((long)first * Columns);
            if (Transposed)
            {
                TTile.LeftSteps(
                    source, end - first, Columns, Target + ((long)first / TTile.ElementsPerStep * Columns * 4));
                return;
            }

            int steps = (Columns + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;
            _ = TTile.LeftRows(source, end - first, Columns, Target + ((long)first * steps * sizeof(float)), out _);
        }
    }
}
