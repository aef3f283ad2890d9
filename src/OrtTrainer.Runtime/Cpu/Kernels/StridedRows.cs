using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// Products of one row with a matrix that lies in wider rows: nothing is copied first, which would take as long as the
/// product itself. Sums run over the rows in their order.
/// </summary>
internal static unsafe class StridedRows
{
    /// <summary>target[j] = row · rows[j].</summary>
    /// <param name="row">[width].</param>
    /// <param name="rows">[count, width].</param>
    /// <param name="step">Distance of the rows.</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="target">[count].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dots(float* row, float* rows, nint step, int count, int width, float* target)
    {
        for (int j = 0; j < count; j++)
        {
            target[j] = AttentionRows.Dot(row, rows + (j * step), width);
        }
    }

    /// <summary>sum = Σ weights[j] rows[j], whole vectors with zeros behind the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weighted(float* weights, float* rows, nint step, int count, int width, float* sum)
    {
        int d = 0;
        for (; d <= width - Lanes.Count; d += Lanes.Count)
        {
            Vector512<float> total = default;
            for (int j = 0; j < count; j++)
            {
                total = Vector512.FusedMultiplyAdd(
                    Vector512.Create(weights[j]), Vector512.Load(rows + (j * step) + d), total);
            }

            total.Store(sum + d);
        }

        if (d < width)
        {
            Vector512<float> total = default;
            for (int j = 0; j < count; j++)
            {
                total = Vector512.FusedMultiplyAdd(
                    Vector512.Create(weights[j]), Lanes.Load(rows + (j * step) + d, width - d), total);
            }

            total.Store(sum + d);
        }
    }

    /// <summary>rows[j] += weights[j] row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOuter(float* weights, float* row, float* rows, nint step, int count, int width)
    {
        for (int j = 0; j < count; j++)
        {
            Vector512<float> weight = Vector512.Create(weights[j]);
            float* target = rows + (j * step);
            int d = 0;
            for (; d <= width - Lanes.Count; d += Lanes.Count)
            {
                Vector512.FusedMultiplyAdd(weight, Vector512.Load(row + d), Vector512.Load(target + d))
                    .Store(target + d);
            }

            if (d < width)
            {
                int rest = width - d;
                Lanes.Store(
                    Vector512.FusedMultiplyAdd(weight, Lanes.Load(row + d, rest), Lanes.Load(target + d, rest)),
                    target + d, rest);
            }
        }
    }
}
