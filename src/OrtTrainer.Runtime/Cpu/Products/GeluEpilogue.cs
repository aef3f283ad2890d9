using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// Adds a bias, keeps the sum h for the gradient, and stores GELU(h) for the next product, both in the tile's
/// precision.
/// </summary>
/// <param name="bias">One number per column.</param>
/// <param name="h">[rows, columns].</param>
/// <param name="activated">[rows, columns].</param>
/// <param name="row">Bytes from row to row of both.</param>
internal readonly unsafe struct GeluEpilogue<TTile, TGelu>(float* bias, byte* h, byte* activated, nint row) : IEpilogue
    where TTile : struct, ITile
    where TGelu : struct, IActivation
{
    public static bool Stores => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* tile, nint tileRow, int firstRow, int column, int rows, int columns)
    {
        Vector512<float> left = Vector512.Load(bias + column), right = Vector512.Load(bias + column + Lanes.Count);
        for (float* at = tile; at < tile + (rows * Panels.Columns); at += Panels.Columns)
        {
            TTile.Rounded(Vector512.Load(at) + left).Store(at);
            TTile.Rounded(Vector512.Load(at + Lanes.Count) + right).Store(at + Lanes.Count);
        }

        nint target = (firstRow * row) + (column / TTile.ElementsPerStep * sizeof(float));
        TTile.StoreRows(tile, rows, h + target, row);
        for (float* at = tile; at < tile + (rows * Panels.Columns); at += Lanes.Count)
        {
            TGelu.Value(Vector512.Load(at)).Store(at);
        }

        TTile.StoreRows(tile, rows, activated + target, row);
    }
}
