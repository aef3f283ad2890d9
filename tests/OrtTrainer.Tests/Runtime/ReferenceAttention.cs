using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Runtime;

/// <summary>
/// Attention over packed sequences, in plain scalar C# and double precision, written from its definition.
/// </summary>
internal sealed record ReferenceAttention(
    long[] Offsets, int Heads, int Width, float Scale, float P, int Site, long[] Key)
{
    /// <summary>Which tokens of its sequence each one sees.</summary>
    public AttentionMask Mask { get; init; }

    /// <summary>What is added to scores by distance and head, [D, heads] with D odd; empty for nothing.</summary>
    public double[] Relative { get; init; } = [];

    /// <summary>How many tokens away those are at most; -1 for no limit.</summary>
    public int Window { get; init; } = -1;

    private int Columns => Heads * Width;

    private int Tokens => (int)Offsets[^1];

    public (double[] Y, double[] LogSums) Forward(double[] qkv)
    {
        double[] y = new double[Tokens * Columns], logSums = new double[Tokens * Heads];
        ForEachRow((first, end, head, t) =>
        {
            double[] p = Probabilities(qkv, first, end, head, t, out logSums[(t * Heads) + head]);
            for (int j = first; j < end; j++)
            {
                for (int d = 0; d < Width; d++)
                {
                    y[At(t, head, d)] += p[j - first] * Factor(t, head, j - first) * V(qkv, j, head, d);
                }
            }
        });
        return (y, logSums);
    }

    /// <summary>The gradient, by the Jacobian of softmax: dP_j/ds_k = P_j (δ_jk - P_k).</summary>
    public double[] Gradient(float[] dy, double[] qkv) => Gradients(dy, qkv).Dqkv;

    /// <summary>The gradients in qkv and in <see cref="Relative"/>.</summary>
    public (double[] Dqkv, double[] Drelative) Gradients(float[] dy, double[] qkv)
    {
        double[] dqkv = new double[qkv.Length], drelative = new double[Relative.Length];
        ForEachRow((first, end, head, t) =>
        {
            double[] p = Probabilities(qkv, first, end, head, t, out _), dp = new double[p.Length];
            for (int j = first; j < end; j++)
            {
                double factor = Factor(t, head, j - first);
                for (int d = 0; d < Width; d++)
                {
                    dp[j - first] += dy[At(t, head, d)] * V(qkv, j, head, d) * factor;
                    dqkv[(j * 3 * Columns) + (2 * Columns) + (head * Width) + d] +=
                        p[j - first] * factor * dy[At(t, head, d)];
                }
            }

            double mean = p.Zip(dp, (a, b) => a * b).Sum();
            for (int j = first; j < end; j++)
            {
                double ds = p[j - first] * (dp[j - first] - mean) * Scale;
                if (Relative.Length > 0)
                {
                    drelative[AtDistance(j - t, head)] += p[j - first] * (dp[j - first] - mean);
                }

                for (int d = 0; d < Width; d++)
                {
                    dqkv[(t * 3 * Columns) + (head * Width) + d] += ds * K(qkv, j, head, d);
                    dqkv[(j * 3 * Columns) + Columns + (head * Width) + d] += ds * Q(qkv, t, head, d);
                }
            }
        });
        return (dqkv, drelative);
    }

    private void ForEachRow(Action<int, int, int, int> row)
    {
        for (int b = 0; b + 1 < Offsets.Length; b++)
        {
            for (int head = 0; head < Heads; head++)
            {
                for (long t = Offsets[b]; t < Offsets[b + 1]; t++)
                {
                    row((int)Offsets[b], (int)(Mask == AttentionMask.Causal ? t + 1 : Offsets[b + 1]), head, (int)t);
                }
            }
        }
    }

    private double[] Probabilities(double[] qkv, int first, int end, int head, int t, out double logSum)
    {
        double[] scores = [.. Enumerable.Range(first, end - first).Select(
            j => Window >= 0 && Math.Abs(t - j) > Window
                ? double.NegativeInfinity
                : (Scale * Enumerable.Range(0, Width).Sum(d => Q(qkv, t, head, d) * K(qkv, j, head, d)))
                    + (Relative.Length > 0 ? Relative[AtDistance(j - t, head)] : 0))];
        double top = scores.Max();
        double log = logSum = top + Math.Log(scores.Sum(s => Math.Exp(s - top)));
        return [.. scores.Select(s => Math.Exp(s - log))];
    }

    private int AtDistance(int distance, int head)
    {
        int furthest = ((Relative.Length / Heads) - 1) / 2;
        return ((Math.Clamp(distance, -furthest, furthest) + furthest) * Heads) + head;
    }

    private double Factor(int t, int head, int j) =>
        Reference.DropoutFactor(P, Site, Key, Reference.AttentionCounter(((long)t * Heads) + head, j));

    private int At(int t, int head, int d) => (t * Columns) + (head * Width) + d;

    private double Q(double[] qkv, int t, int head, int d) => qkv[(t * 3 * Columns) + (head * Width) + d];

    private double K(double[] qkv, int t, int head, int d) => qkv[(t * 3 * Columns) + Columns + (head * Width) + d];

    private double V(double[] qkv, int t, int head, int d) =>
        qkv[(t * 3 * Columns) + (2 * Columns) + (head * Width) + d];
}
