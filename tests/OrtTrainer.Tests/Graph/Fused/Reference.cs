namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>What the fused operators mean, written plainly in double precision and 32-bit integers.</summary>
internal static class Reference
{
    /// <summary>The mixing function "lowbias32".</summary>
    public static uint Mix(uint x)
    {
        x ^= x >> 16;
        x *= 0x7feb352d;
        x ^= x >> 15;
        x *= 0x846ca68b;
        return x ^ (x >> 16);
    }

    /// <summary>The factor of dropout for one counter.</summary>
    public static double Mask(ulong index, uint[] key, float p, uint site)
    {
        uint k0 = Mix(key[0] + (site * 0x9e3779b9));
        uint k1 = Mix(key[1] + (site * 0x85ebca6b));
        uint x = (uint)index ^ k0;
        x ^= x >> 16;
        x = (x * 0x7feb352d) + k1;
        x ^= x >> 15;
        x *= 0x846ca68b;
        x ^= x >> 16;
        return x >= (ulong)Math.Floor(p * 4294967296.0) ? 1 / (1.0 - p) : 0;
    }

    public static double[] Dropout(double[] x, uint[] key, float p, uint site) =>
        [.. x.Select((v, i) => v * Mask((ulong)i, key, p, site))];

    /// <summary>By its power series, exact to 1e-12 for |x| up to 3.</summary>
    public static double Erf(double x)
    {
        double sum = 0;
        double term = x;
        for (int n = 0; n < 80; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    public static double Gelu(double x) => x * 0.5 * (1 + Erf(x / Math.Sqrt(2)));

    public static double GeluTanh(double x) =>
        0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    /// <summary>Rows of x normalised; also the means and reciprocal deviations.</summary>
    public static (double[] Y, double[] Mean, double[] InvStd) LayerNorm(
        double[] x, double[] gamma, double[] beta, double epsilon)
    {
        int width = gamma.Length;
        double[] y = new double[x.Length];
        double[] mean = [.. x.Chunk(width).Select(row => row.Average())];
        double[] invstd = [.. x.Chunk(width).Select((row, n) =>
            1 / Math.Sqrt(row.Average(v => Math.Pow(v - mean[n], 2)) + epsilon))];
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = ((x[i] - mean[i / width]) * invstd[i / width] * gamma[i % width]) + beta[i % width];
        }

        return (y, mean, invstd);
    }

    /// <summary>Rows over the root of their mean square, and the reciprocals of the roots.</summary>
    public static (double[] Y, double[] InvRms) RmsNorm(double[] x, double[] gamma, double epsilon)
    {
        int width = gamma.Length;
        double[] invrms = [.. x.Chunk(width).Select(row => 1 / Math.Sqrt(row.Average(v => v * v) + epsilon))];
        return ([.. x.Select((v, i) => v * invrms[i / width] * gamma[i % width])], invrms);
    }

    /// <summary>
    /// Softmax attention, sequence by sequence and head by head; also the logarithms of the denominators. Causal: over
    /// a token and those before it.
    /// </summary>
    public static (double[] Y, double[] Lse) Attention(
        double[] qkv, long[] offsets, int heads, int width, double scale, bool causal, int window,
        Func<ulong, double> mask, Func<int, int, double>? bias = null)
    {
        int tokens = qkv.Length / (3 * width);
        int size = width / heads;
        double[] y = new double[tokens * width];
        double[] lse = new double[tokens * heads];
        for (int b = 0; b + 1 < offsets.Length; b++)
        {
            (int first, int last) = ((int)offsets[b], (int)offsets[b + 1]);
            for (int t = first; t < last; t++)
            {
                int end = causal ? t + 1 : last;
                for (int h = 0; h < heads; h++)
                {
                    double At(int row, int part, int d) => qkv[(row * 3 * width) + (part * width) + (h * size) + d];
                    double[] scores = [.. Enumerable.Range(first, end - first).Select(j =>
                        window >= 0 && Math.Abs(t - j) > window
                            ? double.NegativeInfinity
                            : (scale * Enumerable.Range(0, size).Sum(d => At(t, 0, d) * At(j, 1, d)))
                                + (bias?.Invoke(j - t, h) ?? 0))];
                    double total = scores.Sum(Math.Exp);
                    lse[(t * heads) + h] = Math.Log(total);
                    for (int j = first; j < end; j++)
                    {
                        ulong counter = Tests.Runtime.Reference.AttentionCounter(((long)t * heads) + h, j - first);
                        double weight = Math.Exp(scores[j - first]) / total * mask(counter);
                        for (int d = 0; d < size; d++)
                        {
                            y[(t * width) + (h * size) + d] += weight * At(j, 2, d);
                        }
                    }
                }
            }
        }

        return (y, lse);
    }

    /// <summary>
    /// Softmax attention of the queries of each sequence to its keys; also the logarithms of the denominators.
    /// </summary>
    public static (double[] Y, double[] Lse) CrossAttention(
        double[] q, double[] kv, long[] queryOffsets, long[] offsets, int heads, int width, double scale,
        Func<ulong, double> mask)
    {
        int size = width / heads;
        double[] y = new double[q.Length];
        double[] lse = new double[q.Length / size];
        for (int b = 0; b + 1 < offsets.Length; b++)
        {
            int first = (int)offsets[b], count = (int)offsets[b + 1] - first;
            for (int i = (int)queryOffsets[b] * heads; i < queryOffsets[b + 1] * heads; i++)
            {
                // Row i is query i / heads and head i % heads, whose columns follow each other in q.
                int column = i % heads * size;
                double Kv(int j, int d) => kv[((first + j) * 2 * width) + column + d];
                double[] e = [.. Enumerable.Range(0, count).Select(j => Math.Exp(
                    scale * Enumerable.Range(0, size).Sum(d => q[(i * size) + d] * Kv(j, d))))];
                lse[i] = Math.Log(e.Sum());
                for (int d = 0; d < size; d++)
                {
                    y[(i * size) + d] = Enumerable.Range(0, count).Sum(j => e[j] / e.Sum() * Kv(j, width + d)
                        * mask(Tests.Runtime.Reference.AttentionCounter(i, j)));
                }
            }
        }

        return (y, lse);
    }

    /// <summary>The logarithm of a softmax over the rows of each sequence, column by column.</summary>
    public static double[] PackedLogSoftmax(double[] x, long[] offsets, int columns)
    {
        double[] y = new double[x.Length];
        for (int sequence = 0; sequence + 1 < offsets.Length; sequence++)
        {
            for (int column = 0; column < columns; column++)
            {
                int[] places =
                [
                    .. Enumerable.Range((int)offsets[sequence], (int)(offsets[sequence + 1] - offsets[sequence]))
                        .Select(row => (row * columns) + column),
                ];
                double top = places.Select(at => x[at]).DefaultIfEmpty().Max();
                double total = places.Sum(at => Math.Exp(x[at] - top));
                foreach (int at in places)
                {
                    y[at] = x[at] - top - Math.Log(total);
                }
            }
        }

        return y;
    }

    /// <summary>Attention by content and by distance; relative [R, 2 width] holds queries and keys.</summary>
    public static (double[] Y, double[] Lse) Disentangled(
        double[] qkv, double[] relative, long[] buckets, long[] offsets, int heads, int width, double scale,
        Func<ulong, double> mask)
    {
        int tokens = qkv.Length / (3 * width);
        int size = width / heads;
        double[] y = new double[tokens * width];
        double[] lse = new double[tokens * heads];
        for (int b = 0; b + 1 < offsets.Length; b++)
        {
            (int first, int last) = ((int)offsets[b], (int)offsets[b + 1]);
            for (int t = first; t < last; t++)
            {
                for (int h = 0; h < heads; h++)
                {
                    double At(int row, int part, int d) => qkv[(row * 3 * width) + (part * width) + (h * size) + d];
                    double Relative(int distance, int part, int d)
                    {
                        int middle = buckets.Length / 2;
                        long row = buckets[Math.Clamp(distance, -middle, middle) + middle];
                        return relative[(row * 2 * width) + (part * width) + (h * size) + d];
                    }

                    double[] scores = [.. Enumerable.Range(first, last - first).Select(j =>
                        scale * Enumerable.Range(0, size).Sum(d => (At(t, 0, d) * At(j, 1, d))
                            + (At(t, 0, d) * Relative(t - j, 1, d)) + (At(j, 1, d) * Relative(t - j, 0, d))))];
                    double total = scores.Sum(Math.Exp);
                    lse[(t * heads) + h] = Math.Log(total);
                    for (int j = first; j < last; j++)
                    {
                        ulong counter = Tests.Runtime.Reference.AttentionCounter(((long)t * heads) + h, j - first);
                        double weight = Math.Exp(scores[j - first]) / total * mask(counter);
                        for (int d = 0; d < size; d++)
                        {
                            y[(t * width) + (h * size) + d] += weight * At(j, 2, d);
                        }
                    }
                }
            }
        }

        return (y, lse);
    }

    /// <summary>The gradient of sum(dy f(x)) in x by central differences, good to 1e-8 in double precision.</summary>
    public static double[] Gradient(Func<double[], double[]> f, double[] x, double[] dy)
    {
        const double Step = 1e-5;
        double Loss(int i, double step)
        {
            double[] moved = [.. x];
            moved[i] += step;
            return f(moved).Zip(dy, (a, b) => a * b).Sum();
        }

        return [.. Enumerable.Range(0, x.Length).Select(i => (Loss(i, Step) - Loss(i, -Step)) / (2 * Step))];
    }
}
