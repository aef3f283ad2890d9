using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// Layer normalisation of one row (J. Ba, J. Kiros, G. Hinton, arXiv:1607.06450): y = (x - mean) · invstd · gamma +
/// beta, with the biased variance and invstd = 1 / √(variance + epsilon).
/// </summary>
internal static unsafe class NormRow
{
    /// <summary>
    /// Mean and 1 / standard deviation. Two passes over a row that lies in the first-level cache: the squares are
    /// those of differences from the mean, and lose nothing where the mean is large.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Statistics(float* x, int length, float epsilon, out float mean, out float invstd)
    {
        // Two sums each, so that an addition need not wait for the one before it.
        Vector512<float> even = default, odd = default;
        int i = 0;
        for (; i <= length - (2 * Lanes.Count); i += 2 * Lanes.Count)
        {
            even += Vector512.Load(x + i);
            odd += Vector512.Load(x + i + Lanes.Count);
        }

        for (; i <= length - Lanes.Count; i += Lanes.Count)
        {
            even += Vector512.Load(x + i);
        }

        int rest = length - i;
        Vector512<float> last = rest > 0 ? Lanes.Load(x + i, rest) : default;
        mean = Vector512.Sum(even + odd + last) / length;

        Vector512<float> middle = Vector512.Create(mean);
        Vector512<float> evenSquares = default, oddSquares = default;
        for (i = 0; i <= length - (2 * Lanes.Count); i += 2 * Lanes.Count)
        {
            Vector512<float> a = Vector512.Load(x + i) - middle;
            Vector512<float> b = Vector512.Load(x + i + Lanes.Count) - middle;
            evenSquares = Vector512.FusedMultiplyAdd(a, a, evenSquares);
            oddSquares = Vector512.FusedMultiplyAdd(b, b, oddSquares);
        }

        for (; i <= length - Lanes.Count; i += Lanes.Count)
        {
            Vector512<float> a = Vector512.Load(x + i) - middle;
            evenSquares = Vector512.FusedMultiplyAdd(a, a, evenSquares);
        }

        // Lanes behind the row's end would differ from the mean, too.
        last = (last - middle) & Lanes.First(rest);
        evenSquares = Vector512.FusedMultiplyAdd(last, last, evenSquares);
        float variance = Vector512.Sum(evenSquares + oddSquares) / length;
        invstd = 1 / MathF.Sqrt(variance + epsilon);
    }

    /// <summary>y of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(float* x, float* gamma, float* beta, float mean, float invstd, float* y, int length)
    {
        Vector512<float> middle = Vector512.Create(mean);
        Vector512<float> scale = Vector512.Create(invstd);
        int i = 0;
        for (; i <= length - Lanes.Count; i += Lanes.Count)
        {
            Vector512<float> normal = (Vector512.Load(x + i) - middle) * scale;
            Vector512.FusedMultiplyAdd(normal, Vector512.Load(gamma + i), Vector512.Load(beta + i)).Store(y + i);
        }

        int rest = length - i;
        if (rest > 0)
        {
            Vector512<float> normal = (Lanes.Load(x + i, rest) - middle) * scale;
            Lanes.Store(
                Vector512.FusedMultiplyAdd(normal, Lanes.Load(gamma + i, rest), Lanes.Load(beta + i, rest)),
                y + i, rest);
        }
    }
}
