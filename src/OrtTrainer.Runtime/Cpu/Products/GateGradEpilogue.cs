using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// Takes the gradient of act(left) · right and stores those of both halves of h, as rows and as steps, and act(left) ·
/// right again, as panels over the rows: all that the products after it read.
/// </summary>
internal unsafe struct GateGradEpilogue<TTile, TActivation> : IEpilogue
    where TTile : struct, ITile
    where TActivation : struct, IActivation
{
    /// <summary>h [rows, 2 · inner].</summary>
    public byte* H;

    /// <summary>Receives its gradient as rows.</summary>
    public byte* Rows;

    /// <summary>Receives it as steps; where tiles read rows in both ways, these are the rows.</summary>
    public byte* Steps;

    /// <summary>Receives act(left) · right in panels.</summary>
    public byte* Gated;

    /// <summary>Columns of a half, a multiple of 32.</summary>
    public int Inner;

    /// <summary>Steps of all rows.</summary>
    public int RowSteps;

    public static bool Stores => true;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply(float* tile, nint tileRow, int firstRow, int column, int rows, int columns)
    {
        const int TileLength = 16 * Panels.Columns;
        float* right = stackalloc float[TileLength], gated = stackalloc float[TileLength];
        nint row = LeftFactor<TTile>.RowBytes(2 * Inner);
        nint across = LeftFactor<TTile>.RowBytes(column), half = LeftFactor<TTile>.RowBytes(Inner);
        byte* h = H + (firstRow * row) + across;
        for (int i = 0; i < rows * Panels.Columns; i += Panels.Columns)
        {
            Elements(tile + i, h, h + half, 0, right + i, gated + i);
            Elements(tile + i, h, h + half, Lanes.Count, right + i, gated + i);
            h += row;
        }

        if (rows % 2 != 0)
        {
            int end = rows * Panels.Columns;
            new Span<float>(tile + end, Panels.Columns).Clear();
            new Span<float>(right + end, Panels.Columns).Clear();
            new Span<float>(gated + end, Panels.Columns).Clear();
        }

        byte* target = Rows + (firstRow * row) + across;
        TTile.StoreRows(tile, rows, target, row);
        TTile.StoreRows(right, rows, target + half, row);
        int step = firstRow / TTile.ElementsPerStep;
        if (TTile.ConvertsLeftSteps)
        {
            nint stepBytes = 2 * (nint)Inner * sizeof(float);
            byte* steps = Steps + (step * stepBytes) + ((nint)column * sizeof(float));
            TTile.StoreSteps(tile, rows, steps, stepBytes);
            TTile.StoreSteps(right, rows, steps + ((nint)Inner * sizeof(float)), stepBytes);
        }

        TTile.StoreSteps(
            gated, rows, Gated + ((((nint)(column / Panels.Columns) * RowSteps) + step) * Panels.StepBytes),
            Panels.StepBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Elements(float* gradient, byte* left, byte* right, int at, float* dright, float* gated)
    {
        Vector512<float> value = TActivation.ValueAndSlope(TTile.Load(left, at), out Vector512<float> slope);
        Vector512<float> factor = TTile.Load(right, at), d = Vector512.Load(gradient + at);
        (d * factor * slope).Store(gradient + at);
        (d * value).Store(dright + at);
        (value * factor).Store(gated + at);
    }
}
