using System.Runtime.CompilerServices;
using ILGPU;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// What attention's kernels do with tiles in shared memory. Rows of a head's width lie one number further apart than
/// they are wide, so that threads that read one column of neighboring rows read from different banks.
/// </summary>
internal static class AttentionMemory
{
    /// <summary>
    /// Loads rows [count, width] times <paramref name="scale"/> and zeros for the rest of the tile.
    /// </summary>
    /// <param name="source">The wide matrix.</param>
    /// <param name="start">The first row's first number.</param>
    /// <param name="distance">From row to row.</param>
    /// <param name="count">Rows, up to <paramref name="rows"/>.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="scale">What they are multiplied with.</param>
    /// <param name="tile">[rows, width + 1].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(
        ArrayView<float> source, long start, int distance, int count, int rows, int width, float scale,
        ArrayView<float> tile)
    {
        for (int i = Group.IdxX; i < rows * width; i += Group.DimX)
        {
            int row = i / width, column = i % width;
            tile[(row * (width + 1)) + column] =
                row < count ? source[start + ((long)row * distance) + column] * scale : 0;
        }
    }

    /// <summary>Zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(ArrayView<float> tile, int length)
    {
        for (int i = Group.IdxX; i < length; i += Group.DimX)
        {
            tile[i] = 0;
        }
    }

    /// <summary>sums [rows, width] times <paramref name="scale"/> into rows of a wide matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        ArrayView<float> sums, int count, int width, float scale, ArrayView<float> target, long start, int distance)
    {
        for (int i = Group.IdxX; i < count * width; i += Group.DimX)
        {
            target[start + ((long)(i / width) * distance) + (i % width)] = sums[i] * scale;
        }
    }

    /// <summary>The sum of the products of a row of one tile with a row of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(ArrayView<float> left, int leftRow, ArrayView<float> right, int rightRow, int width)
    {
        int a = leftRow * (width + 1), b = rightRow * (width + 1);
        float sum = 0;
        for (int d = 0; d < width; d++)
        {
            sum += left[a + d] * right[b + d];
        }

        return sum;
    }

    /// <summary>
    /// sums [rows, width] = sums · decays + weights [rows, count] · tile [count, width], four rows to a thread.
    /// </summary>
    /// <param name="sums">Of a multiple of 4 rows.</param>
    /// <param name="decays">[rows].</param>
    /// <param name="weights">Rows <paramref name="distance"/> apart.</param>
    /// <param name="distance">From row to row of the weights.</param>
    /// <param name="rows">Of the sums.</param>
    /// <param name="tile">[count, width + 1].</param>
    /// <param name="count">Rows of the tile.</param>
    /// <param name="width">Numbers of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(
        ArrayView<float> sums, ArrayView<float> decays, ArrayView<float> weights, int distance, int rows,
        ArrayView<float> tile, int count, int width)
    {
        for (int i = Group.IdxX; i < rows / 4 * width; i += Group.DimX)
        {
            int row = i / width * 4, column = i % width;
            int at = (row * width) + column, weight = row * distance;
            float sum0 = sums[at] * decays[row], sum1 = sums[at + width] * decays[row + 1];
            float sum2 = sums[at + (2 * width)] * decays[row + 2], sum3 = sums[at + (3 * width)] * decays[row + 3];
            for (int j = 0; j < count; j++)
            {
                float value = tile[(j * (width + 1)) + column];
                sum0 += weights[weight + j] * value;
                sum1 += weights[weight + distance + j] * value;
                sum2 += weights[weight + (2 * distance) + j] * value;
                sum3 += weights[weight + (3 * distance) + j] * value;
            }

            sums[at] = sum0;
            sums[at + width] = sum1;
            sums[at + (2 * width)] = sum2;
            sums[at + (3 * width)] = sum3;
        }
    }
}
