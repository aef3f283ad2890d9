using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>Adds a bias to every row.</summary>
/// <param name="bias">One number per column.</param>
internal readonly unsafe struct BiasEpilogue(float* bias) : IEpilogue
{
    public static bool Stores => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* tile, nint tileRow, int row, int column, int rows, int columns)
    {
        Load(bias + column, columns, out Vector512<float> left, out Vector512<float> right);
        for (int i = 0; i < rows; i++)
        {
            (Vector512.Load(tile) + left).Store(tile);
            (Vector512.Load(tile + Lanes.Count) + right).Store(tile + Lanes.Count);
            tile += tileRow;
        }
    }

    /// <summary>Up to 32 numbers, and zeros behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(float* source, int count, out Vector512<float> left, out Vector512<float> right)
    {
        if (count == Panels.Columns)
        {
            (left, right) = (Vector512.Load(source), Vector512.Load(source + Lanes.Count));
            return;
        }

        left = count >= Lanes.Count ? Vector512.Load(source) : Lanes.Load(source, count);
        right = count > Lanes.Count ? Lanes.Load(source + Lanes.Count, count - Lanes.Count) : default;
    }
}
