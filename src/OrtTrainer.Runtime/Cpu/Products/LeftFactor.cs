using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// The left factor of a product as tiles read it: where it lies, or converted by the session's threads.
/// </summary>
internal static unsafe class LeftFactor<TTile>
    where TTile : struct, ITile
{
    /// <summary>Steps that so many elements make.</summary>
    public static int StepsOf(int elements) => (elements + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;

    /// <summary>Bytes from row to row of what <see cref="Rows"/> gives.</summary>
    public static nint RowBytes(int columns) => (nint)StepsOf(columns) * sizeof(float);

    /// <summary>Floats of the room that <see cref="Rows"/> needs.</summary>
    public static long RowsLength(int rows, int columns) =>
        TTile.ElementsPerStep == 1 ? 0 : (long)rows * StepsOf(columns);

    /// <summary>Floats of the room that <see cref="Steps"/> needs.</summary>
    public static long StepsLength(int rows, int columns) =>
        TTile.ElementsPerStep == 1 ? 0 : (long)StepsOf(rows) * columns;

    /// <summary>For <see cref="ITile.Multiply"/>.</summary>
    /// <param name="context">The node's run.</param>
    /// <param name="source">[rows, columns].</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="columns">The depth.</param>
    /// <param name="room">For what is converted.</param>
    public static byte* Rows(in KernelContext context, float* source, int rows, int columns, float* room) =>
        TTile.ElementsPerStep == 1 ? (byte*)source : Converted(context, source, rows, columns, room, transposed: false);

    /// <summary>For <see cref="ITile.MultiplyTransposed"/>: [steps, columns].</summary>
    /// <inheritdoc cref="Rows"/>
    public static byte* Steps(in KernelContext context, float* source, int rows, int columns, float* room) =>
        TTile.ElementsPerStep == 1 ? (byte*)source : Converted(context, source, rows, columns, room, transposed: true);

    /// <summary>Both at once, each in its room.</summary>
    public static (nint Rows, nint Steps) Both(
        in KernelContext context, float* source, int rows, int columns, float* rowRoom, float* stepRoom)
    {
        if (TTile.ElementsPerStep == 1)
        {
            return ((nint)source, (nint)source);
        }

        Convert(context, source, rows, columns, (byte*)rowRoom, (byte*)stepRoom);
        return ((nint)rowRoom, (nint)stepRoom);
    }

    private static byte* Converted(
        in KernelContext context, float* source, int rows, int columns, float* room, bool transposed)
    {
        Convert(context, source, rows, columns, transposed ? null : (byte*)room, transposed ? (byte*)room : null);
        return (byte*)room;
    }

    private static void Convert(
        in KernelContext context, float* source, int rows, int columns, byte* asRows, byte* asSteps) =>
        context.ParallelFor(RowBlocks.Count(rows), new Conversion
        {
            Source = source,
            Count = rows,
            Columns = columns,
            Rows = asRows,
            Steps = asSteps,
        });

    private struct Conversion : IBlocks
    {
        public float* Source;
        public int Count;
        public int Columns;
        public byte* Rows;
        public byte* Steps;

        public readonly void Run(int block)
        {
            (int first, int end) = RowBlocks.Range(block, Count);
            float* source = Source + ((long)first * Columns);
            if (Rows != null)
            {
                _ = TTile.LeftRows(source, end - first, Columns, Rows + (first * RowBytes(Columns)), out _);
            }

            if (Steps != null)
            {
                TTile.LeftSteps(
                    source, end - first, Columns,
                    Steps + ((long)first / TTile.ElementsPerStep * Columns * sizeof(float)));
            }
        }
    }
}
