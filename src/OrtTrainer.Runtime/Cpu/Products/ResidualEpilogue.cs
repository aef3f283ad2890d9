using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>Adds a matrix to the product, after another epilogue.</summary>
/// <param name="residual">[rows, columns].</param>
/// <param name="width">Floats from row to row of it.</param>
/// <param name="first">Stores nothing.</param>
internal readonly unsafe struct ResidualEpilogue<TFirst>(float* residual, nint width, TFirst first) : IEpilogue
    where TFirst : unmanaged, IEpilogue
{
    public static bool Stores => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* tile, nint tileRow, int row, int column, int rows, int columns)
    {
        first.Apply(tile, tileRow, row, column, rows, columns);
        float* source = residual + (row * width) + column;
        for (int i = 0; i < rows; i++)
        {
            // The next tile of the panel is below this one, and takes long enough to multiply for its lines to arrive.
            Prefetch.Line(source + (rows * width));
            Prefetch.Line(source + (rows * width) + Lanes.Count);
            BiasEpilogue.Load(source, columns, out Vector512<float> left, out Vector512<float> right);
            (Vector512.Load(tile) + left).Store(tile);
            (Vector512.Load(tile + Lanes.Count) + right).Store(tile + Lanes.Count);
            tile += tileRow;
            source += width;
        }
    }
}
