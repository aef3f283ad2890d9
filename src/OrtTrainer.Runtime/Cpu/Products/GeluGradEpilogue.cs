using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// Takes the gradient of GELU(h) and stores that of h, as rows and as steps, its sum over the rows, and GELU(h) again,
/// as panels over the rows: all that the products after it read.
/// </summary>
internal unsafe struct GeluGradEpilogue<TTile, TGelu> : IEpilogue
    where TTile : struct, ITile
    where TGelu : struct, IActivation
{
    /// <summary>h [rows, columns].</summary>
    public byte* H;

    /// <summary>Receives its gradient as rows.</summary>
    public byte* Rows;

    /// <summary>Receives it as steps; where tiles read rows in both ways, these are the rows.</summary>
    public byte* Steps;

    /// <summary>Receives the sum of the gradient's rows, [columns].</summary>
    public float* Sum;

    /// <summary>Receives GELU(h) in panels.</summary>
    public byte* Activated;

    /// <summary>Columns, a multiple of 32.</summary>
    public int Columns;

    /// <summary>Steps of all rows.</summary>
    public int RowSteps;

    public static bool Stores => true;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply(float* tile, nint tileRow, int firstRow, int column, int rows, int columns)
    {
        const int MostRows = 16;
        float* activated = stackalloc float[MostRows * Panels.Columns];
        nint row = LeftFactor<TTile>.RowBytes(Columns);
        nint across = column / TTile.ElementsPerStep * sizeof(float);
        Vector512<float> left = default, right = default;
        if (firstRow > 0)
        {
            left = Vector512.Load(Sum + column);
            right = Vector512.Load(Sum + column + Lanes.Count);
        }

        for (int i = 0; i < rows; i++)
        {
            byte* h = H + ((firstRow + i) * row) + across;
            left += Element(tile + (i * Panels.Columns), h, 0, activated + (i * Panels.Columns));
            right += Element(tile + (i * Panels.Columns), h, Lanes.Count, activated + (i * Panels.Columns));
        }

        left.Store(Sum + column);
        right.Store(Sum + column + Lanes.Count);
        if (rows % 2 != 0)
        {
            new Span<float>(tile + (rows * Panels.Columns), Panels.Columns).Clear();
            new Span<float>(activated + (rows * Panels.Columns), Panels.Columns).Clear();
        }

        int step = firstRow / TTile.ElementsPerStep;
        TTile.StoreRows(tile, rows, Rows + (firstRow * row) + across, row);
        if (TTile.ConvertsLeftSteps)
        {
            TTile.StoreSteps(
                tile, rows, Steps + ((((nint)step * Columns) + column) * sizeof(float)), (nint)Columns * sizeof(float));
        }

        TTile.StoreSteps(
            activated, rows,
            Activated + ((((nint)(column / Panels.Columns) * RowSteps) + step) * Panels.StepBytes), Panels.StepBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Element(float* gradient, byte* h, int at, float* activated)
    {
        Vector512<float> value = TGelu.ValueAndSlope(TTile.Load(h, at), out Vector512<float> slope);
        value.Store(activated + at);
        Vector512<float> changed = Vector512.Load(gradient + at) * slope;
        changed.Store(gradient + at);
        return changed;
    }
}
