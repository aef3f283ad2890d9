namespace OrtTrainer.Tests.Runtime;

/// <summary>
/// Attention of queries to keys of a batch of their own, in plain scalar C# and double precision, from its definition.
/// </summary>
internal sealed record ReferenceCrossAttention(
    long[] QueryOffsets, long[] Offsets, int Heads, int Width, float Scale, float P, int Site, long[] Key)
{
    public int Columns => Heads * Width;

    public int Queries => (int)QueryOffsets[^1];

    public int Tokens => (int)Offsets[^1];

    public (double[] Y, double[] LogSums) Forward(double[] q, double[] kv)
    {
        double[] y = new double[q.Length], logSums = new double[Queries * Heads];
        ForEachRow((query, head, first, count) =>
        {
            double[] p = Probabilities(q, kv, query, head, first, count, out logSums[(query * Heads) + head]);
            for (int j = 0; j < count; j++)
            {
                for (int d = 0; d < Width; d++)
                {
                    y[OfQuery(query, head, d)] +=
                        p[j] * Factor(query, head, j) * kv[OfKey(first + j, head, d) + Columns];
                }
            }
        });
        return (y, logSums);
    }

    /// <summary>The gradients, by the Jacobian of softmax: dP_j/ds_k = P_j (δ_jk - P_k).</summary>
    public (double[] Dq, double[] Dkv) Gradients(float[] dy, double[] q, double[] kv)
    {
        double[] dq = new double[q.Length], dkv = new double[kv.Length];
        ForEachRow((query, head, first, count) =>
        {
            double[] p = Probabilities(q, kv, query, head, first, count, out _), dp = new double[count];
            for (int j = 0; j < count; j++)
            {
                double factor = Factor(query, head, j);
                for (int d = 0; d < Width; d++)
                {
                    int value = OfKey(first + j, head, d) + Columns;
                    dp[j] += dy[OfQuery(query, head, d)] * kv[value] * factor;
                    dkv[value] += dy[OfQuery(query, head, d)] * p[j] * factor;
                }
            }

            double mean = p.Zip(dp, (a, b) => a * b).Sum();
            for (int j = 0; j < count; j++)
            {
                double ds = p[j] * (dp[j] - mean) * Scale;
                for (int d = 0; d < Width; d++)
                {
                    dq[OfQuery(query, head, d)] += ds * kv[OfKey(first + j, head, d)];
                    dkv[OfKey(first + j, head, d)] += ds * q[OfQuery(query, head, d)];
                }
            }
        });
        return (dq, dkv);
    }

    private void ForEachRow(Action<int, int, int, int> row)
    {
        for (int b = 0; b + 1 < Offsets.Length; b++)
        {
            for (int query = (int)QueryOffsets[b]; query < QueryOffsets[b + 1]; query++)
            {
                for (int head = 0; head < Heads; head++)
                {
                    row(query, head, (int)Offsets[b], (int)(Offsets[b + 1] - Offsets[b]));
                }
            }
        }
    }

    private double[] Probabilities(
        double[] q, double[] kv, int query, int head, int first, int count, out double logSum)
    {
        double[] scores = [.. Enumerable.Range(0, count).Select(j => Scale * Enumerable.Range(0, Width)
            .Sum(d => q[OfQuery(query, head, d)] * kv[OfKey(first + j, head, d)]))];

        // Where there is no key, as if one far away were the only one.
        double top = scores.DefaultIfEmpty(-1e30).Max();
        double log = logSum = top + (count == 0 ? 0 : Math.Log(scores.Sum(s => Math.Exp(s - top))));
        return [.. scores.Select(s => Math.Exp(s - log))];
    }

    private double Factor(int query, int head, int j) =>
        Reference.DropoutFactor(P, Site, Key, Reference.AttentionCounter(((long)query * Heads) + head, j));

    private int OfQuery(int query, int head, int d) => (query * Columns) + (head * Width) + d;

    private int OfKey(int key, int head, int d) => (key * 2 * Columns) + (head * Width) + d;
}
