using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The softmax of one row z = scale · x, as its largest element and the logarithm of Σ e^(z - top). Rows may be as wide
/// as a vocabulary: a lane's sum runs over few elements before it goes on in float64.
/// </summary>
internal static unsafe class SoftmaxRow
{
    /// <summary>Elements that are summed up in float32, 32 to a lane.</summary>
    private const int ChunkLength = 512;

    /// <summary>A sum over a row.</summary>
    public interface ITerm
    {
        /// <summary>The terms of the elements from <paramref name="at"/>.</summary>
        /// <param name="at">The first element's index.</param>
        /// <param name="below">z - top of each; 0 behind the row's end, where terms do not count.</param>
        /// <param name="count">1 to 16, the elements that count.</param>
        Vector512<float> Of(int at, Vector512<float> below, int count);
    }

    /// <summary>The largest z and the logarithm of the sum.</summary>
    public static void Statistics(float* x, int length, float scale, out float top, out float logsum)
    {
        top = Top(x, length, scale);
        logsum = (float)Math.Log(Sum(x, length, scale, top, default(Exponential)));
    }

    /// <summary>The sum of terms, in the order of the elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum<TTerm>(float* x, int length, float scale, float top, TTerm term)
        where TTerm : struct, ITerm
    {
        Vector512<float> factor = Vector512.Create(scale), highest = Vector512.Create(top);
        double total = 0;
        for (int chunk = 0; chunk < length; chunk += ChunkLength)
        {
            int end = Math.Min(length, chunk + ChunkLength);
            Vector512<float> sum = default;
            int i = chunk;
            for (; i <= end - Lanes.Count; i += Lanes.Count)
            {
                sum += term.Of(i, (Vector512.Load(x + i) * factor) - highest, Lanes.Count);
            }

            if (i < end)
            {
                Vector512<float> below = (Lanes.Load(x + i, end - i) * factor) - highest;
                sum += term.Of(i, below & Lanes.First(end - i), end - i) & Lanes.First(end - i);
            }

            total += Vector512.Sum(sum);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Top(float* x, int length, float scale)
    {
        Vector512<float> factor = Vector512.Create(scale);
        Vector512<float> largest = Vector512.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= length - Lanes.Count; i += Lanes.Count)
        {
            largest = Vector512.MaxNative(largest, Vector512.Load(x + i) * factor);
        }

        float top = float.NegativeInfinity;
        for (int lane = 0; lane < Lanes.Count; lane++)
        {
            top = Math.Max(top, largest[lane]);
        }

        for (; i < length; i++)
        {
            top = Math.Max(top, x[i] * scale);
        }

        return top;
    }

    private readonly struct Exponential : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Of(int at, Vector512<float> below, int count) => VectorMath.Exp(below);
    }
}
