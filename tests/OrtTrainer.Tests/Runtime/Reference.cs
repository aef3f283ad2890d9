namespace OrtTrainer.Tests.Runtime;

/// <summary>The operators again, in plain scalar C# and double precision, written from their definitions.</summary>
internal static class Reference
{
    /// <summary>Standard normal numbers times <paramref name="scale"/>, the same for the same seed.</summary>
    public static float[] Random(int seed, int length, double scale = 1)
    {
        Random random = new(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(scale * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    /// <summary>
    /// The factor of element <paramref name="index"/>: 1/(1-p) where it is kept, 0 where it is dropped.
    /// </summary>
    public static double DropoutFactor(float p, int site, long[] key, uint index)
    {
        if (p == 0)
        {
            return 1;
        }

        unchecked
        {
            uint k0 = Mix((uint)key[0] + ((uint)site * 0x9E3779B9u));
            uint k1 = Mix((uint)key[1] + ((uint)site * 0x85EBCA6Bu));
            uint x = index ^ k0;
            x ^= x >> 16;
            x *= 0x7feb352d;
            x += k1;
            x ^= x >> 15;
            x *= 0x846ca68b;
            x ^= x >> 16;
            return x >= (uint)Math.Floor(p * 4294967296.0) ? 1 / (1 - (double)p) : 0;
        }
    }

    /// <summary>
    /// What numbers a pair of attention: keys beside each other in blocks of 1024, the block b of row r beside the
    /// first one of row r + 2592222 b.
    /// </summary>
    /// <param name="row">The query times the heads, and its head.</param>
    /// <param name="key">The key, counted in its sequence.</param>
    public static uint AttentionCounter(long row, int key) =>
        unchecked((uint)(((row + (key / 1024 * 2_592_222L)) * 1024) + (key % 1024)));

    /// <summary>The error function, by its Taylor series; exact to 1e-15 for |x| up to 5.</summary>
    public static double Erf(double x)
    {
        if (Math.Abs(x) > 5)
        {
            return Math.Sign(x);
        }

        // All terms are positive: e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    public static double Gelu(double x, bool tanh) => tanh
        ? 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))
        : 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    public static double GeluSlope(double x, bool tanh)
    {
        if (!tanh)
        {
            return (0.5 * (1 + Erf(x / Math.Sqrt(2)))) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
        }

        double t = Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)));
        return (0.5 * (1 + t)) + (0.5 * x * (1 - (t * t)) * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x)));
    }

    /// <summary>Layer normalisation of rows [n, h].</summary>
    public static (double[] Y, double[] Mean, double[] Invstd) LayerNorm(
        double[] z, float[] gamma, float[] beta, int n, int h, float epsilon)
    {
        double[] y = new double[n * h], mean = new double[n], invstd = new double[n];
        for (int r = 0; r < n; r++)
        {
            double[] row = z[(r * h)..((r + 1) * h)];
            mean[r] = row.Sum() / h;
            invstd[r] = 1 / Math.Sqrt((row.Sum(v => (v - mean[r]) * (v - mean[r])) / h) + epsilon);
            for (int c = 0; c < h; c++)
            {
                y[(r * h) + c] = ((row[c] - mean[r]) * invstd[r] * gamma[c]) + beta[c];
            }
        }

        return (y, mean, invstd);
    }

    /// <summary>
    /// The gradients of layer normalisation, from the Jacobian of each row: dn_i/dz_j = invstd (δ_ij - 1/h - n_i n_j
    /// / h).
    /// </summary>
    public static (double[] Dz, double[] Dgamma, double[] Dbeta) LayerNormGrad(
        float[] dy, float[] z, float[] gamma, float[] mean, float[] invstd, int n, int h)
    {
        double[] dz = new double[n * h], dgamma = new double[h], dbeta = new double[h], normal = new double[h];
        for (int r = 0; r < n; r++)
        {
            for (int i = 0; i < h; i++)
            {
                normal[i] = ((double)z[(r * h) + i] - mean[r]) * invstd[r];
                dgamma[i] += dy[(r * h) + i] * normal[i];
                dbeta[i] += dy[(r * h) + i];
            }

            for (int i = 0; i < h; i++)
            {
                double g = (double)dy[(r * h) + i] * gamma[i] * invstd[r];
                for (int j = 0; j < h; j++)
                {
                    dz[(r * h) + j] += g * ((i == j ? 1 : 0) - ((1 + (normal[i] * normal[j])) / h));
                }
            }
        }

        return (dz, dgamma, dbeta);
    }

    private static uint Mix(uint x)
    {
        unchecked
        {
            x ^= x >> 16;
            x *= 0x7feb352d;
            x ^= x >> 15;
            x *= 0x846ca68b;
            return x ^ (x >> 16);
        }
    }
}
