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

    /// <summary>products [left, right + 1] of the rows of two tiles; two rows of each to a thread.</summary>
    /// <param name="left">[rows, width + 1].</param>
    /// <param name="leftRows">An even number.</param>
    /// <param name="right">[rows, width + 1].</param>
    /// <param name="rightRows">An even number.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="products">Rows one number further apart than there are rows on the right.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(
        ArrayView<float> left, int leftRows, ArrayView<float> right, int rightRows, int width,
        ArrayView<float> products)
    {
        for (int i = Group.IdxX; i < leftRows / 2 * (rightRows / 2); i += Group.DimX)
        {
            // Neighbors take neighboring rows on the right, and the same on the left.
            int row = i / (rightRows / 2), column = i % (rightRows / 2);
            int a = row * (width + 1), nextA = a + (leftRows / 2 * (width + 1));
            int b = column * (width + 1), nextB = b + (rightRows / 2 * (width + 1));
            float sum00 = 0, sum01 = 0, sum10 = 0, sum11 = 0;
            for (int d = 0; d < width; d++)
            {
                float a0 = left[a + d], a1 = left[nextA + d], b0 = right[b + d], b1 = right[nextB + d];
                sum00 += a0 * b0;
                sum01 += a0 * b1;
                sum10 += a1 * b0;
                sum11 += a1 * b1;
            }

            int at = (row * (rightRows + 1)) + column, next = at + (leftRows / 2 * (rightRows + 1));
            products[at] = sum00;
            products[at + (rightRows / 2)] = sum01;
            products[next] = sum10;
            products[next + (rightRows / 2)] = sum11;
        }
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
