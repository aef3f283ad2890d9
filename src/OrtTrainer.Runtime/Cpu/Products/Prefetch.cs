using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// Asks for memory before it is needed; reads nothing. Pieces of the rows of a wide matrix lie in a page each, which no
/// processor fetches ahead by itself.
/// </summary>
internal static unsafe class Prefetch
{
    private const int LineBytes = 64;

    /// <summary>A line, for the nearest cache; it may lie anywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(void* source)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(source);
        }
    }

    /// <summary>Pieces of rows.</summary>
    /// <param name="source">The first piece.</param>
    /// <param name="row">Bytes from row to row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="bytes">Of a piece.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(void* source, nint row, int count, nint bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var start = (byte*)source;
        for (int i = 0; i < count; i++)
        {
            for (nint at = 0; at < bytes; at += LineBytes)
            {
                Sse.Prefetch1(start + at);
            }

            start += row;
        }
    }
}
