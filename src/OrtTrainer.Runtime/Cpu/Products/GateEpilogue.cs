using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// Keeps both halves of h for the gradient, and with a panel of the right half, which comes right after its like of the
/// left, stores act(left) · right for the next product; all in the tile's precision.
/// </summary>
/// <param name="h">[rows, 2 · inner].</param>
/// <param name="gated">[rows, inner].</param>
/// <param name="inner">A multiple of 32.</param>
internal readonly unsafe struct GateEpilogue<TTile, TActivation>(byte* h, byte* gated, int inner) : IEpilogue
    where TTile : struct, ITile
    where TActivation : struct, IActivation
{
    public static bool Stores => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* tile, nint tileRow, int firstRow, int column, int rows, int columns)
    {
        for (float* at = tile; at < tile + (rows * Panels.Columns); at += Lanes.Count)
        {
            TTile.Rounded(Vector512.Load(at)).Store(at);
        }

        nint row = LeftFactor<TTile>.RowBytes(2 * inner), gatedRow = LeftFactor<TTile>.RowBytes(inner);
        byte* kept = h + (firstRow * row);
        TTile.StoreRows(tile, rows, kept + LeftFactor<TTile>.RowBytes(column), row);
        if (column < inner)
        {
            return;
        }

        nint across = LeftFactor<TTile>.RowBytes(column - inner);
        byte* left = kept + across;
        for (float* at = tile; at < tile + (rows * Panels.Columns); at += Panels.Columns)
        {
            (TActivation.Value(TTile.Load(left, 0)) * Vector512.Load(at)).Store(at);
            (TActivation.Value(TTile.Load(left, Lanes.Count)) * Vector512.Load(at + Lanes.Count))
                .Store(at + Lanes.Count);
            left += row;
        }

        TTile.StoreRows(tile, rows, gated + (firstRow * gatedRow) + across, gatedRow);
    }
}
