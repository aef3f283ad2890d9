using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Studies.Flatness;

/// <summary>Arithmetic of whole parameter vectors. Sums are float64 in one order, whatever the machine.</summary>
internal static class FlatVectors
{
    /// <summary>The sum of x[i] y[i]: 16 float64 sums by i modulo 16, added in order, then the remainder.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"A vector of {x.Length} elements times one of {y.Length}.");
        }

        ReadOnlySpan<Vector512<float>> wideX = MemoryMarshal.Cast<float, Vector512<float>>(x);
        ReadOnlySpan<Vector512<float>> wideY = MemoryMarshal.Cast<float, Vector512<float>>(y);
        Vector512<double> lower = Vector512<double>.Zero;
        Vector512<double> upper = Vector512<double>.Zero;
        for (int i = 0; i < wideX.Length; i++)
        {
            (Vector512<double> lowerX, Vector512<double> upperX) = Vector512.Widen(wideX[i]);
            (Vector512<double> lowerY, Vector512<double> upperY) = Vector512.Widen(wideY[i]);
            lower += lowerX * lowerY;
            upper += upperX * upperY;
        }

        // Element by element: the order of a horizontal sum is not promised to be the same on every processor.
        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
        {
            sum += lower[lane] + upper[lane];
        }

        for (int i = wideX.Length * Vector512<float>.Count; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    /// <summary>The Euclidean norm.</summary>
    public static double Norm(ReadOnlySpan<float> x) => Math.Sqrt(Dot(x, x));

    /// <summary><c>destination = start + scale direction</c>; the destination may be either of the two.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Move(
        ReadOnlySpan<float> start, double scale, ReadOnlySpan<float> direction, Span<float> destination) =>
        TensorPrimitives.MultiplyAdd(direction, (float)scale, start, destination);

    /// <summary>Scales a vector to length 1; zero stays zero.</summary>
    /// <returns>The length it had.</returns>
    public static double Normalize(Span<float> x)
    {
        double norm = Norm(x);
        if (norm > 0)
        {
            TensorPrimitives.Multiply(x, (float)(1 / norm), x);
        }

        return norm;
    }
}
