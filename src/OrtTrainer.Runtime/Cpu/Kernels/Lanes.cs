using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The remainder of a row that does not fill a vector: its elements, and zeros (or nothing, when storing) in the
/// lanes behind them.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Floats in a vector.</summary>
    public const int Count = 16;

    /// <summary>0, 1, … 15.</summary>
    public static Vector512<uint> Index
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }

    /// <summary>All bits set in the first <paramref name="count"/> lanes, 0 to 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(int count) =>
        Vector512.LessThan(Index, Vector512.Create((uint)count)).AsSingle();

    /// <summary>The first <paramref name="count"/> floats, 1 to 15, and zeros.</summary>
    public static Vector512<float> Load(float* source, int count)
    {
        Vector512<float> vector = default;
        Unsafe.CopyBlockUnaligned(&vector, source, (uint)count * sizeof(float));
        return vector;
    }

    /// <summary>Writes the first <paramref name="count"/> lanes, 1 to 15, and nothing behind them.</summary>
    public static void Store(Vector512<float> vector, float* target, int count) =>
        Unsafe.CopyBlockUnaligned(target, &vector, (uint)count * sizeof(float));

    /// <summary>The smallest multiple of 16 that is not less than <paramref name="count"/>.</summary>
    public static int RoundUp(int count) => (count + Count - 1) & -Count;
}
