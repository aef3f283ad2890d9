using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// One head's columns in the rows of a wide matrix. They are a line or two of every page, which no processor fetches
/// ahead by itself.
/// </summary>
internal static unsafe class PrefetchedRows
{
    private const int LineFloats = 16;

    /// <summary>Asks for the columns before they are needed; reads nothing.</summary>
    /// <param name="source">[count, width] floats.</param>
    /// <param name="sourceRow">Floats from row to row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fetch(float* source, nint sourceRow, int count, int width)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column < width; column += LineFloats)
            {
                Sse.Prefetch1(source + column);
            }

            source += sourceRow;
        }
    }
}
