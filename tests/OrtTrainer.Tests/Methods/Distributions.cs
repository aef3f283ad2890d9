namespace OrtTrainer.Tests.Methods;

/// <summary>The few functions that the papers' losses are written in, in float64.</summary>
internal static class Distributions
{
    public static double[] Softmax(double[] z, double temperature = 1)
    {
        double sum = z.Sum(value => Math.Exp(value / temperature));
        return [.. z.Select(value => Math.Exp(value / temperature) / sum)];
    }

    /// <summary>The distribution whose logits are those of p over the temperature.</summary>
    public static double[] Tempered(double[] p, double temperature) =>
        Softmax([.. p.Select(share => Math.Log(share))], temperature);

    public static double[] OneHot(int label, int classes) =>
        [.. Enumerable.Range(0, classes).Select(k => k == label ? 1.0 : 0)];

    /// <summary>(1 - share) p + share q.</summary>
    public static double[] Mix(double share, double[] p, double[] q) =>
        [.. p.Zip(q, (a, b) => ((1 - share) * a) + (share * b))];

    /// <summary>H(q, p) = -Σ q log p.</summary>
    public static double CrossEntropy(double[] q, double[] p) => -q.Zip(p, (a, b) => a * Math.Log(b)).Sum();

    /// <summary>KL(q, p) = Σ q log(q / p), where no q is 0.</summary>
    public static double Divergence(double[] q, double[] p) => q.Zip(p, (a, b) => a * Math.Log(a / b)).Sum();

    /// <summary>The mean over the elements of (a - b)².</summary>
    public static double MeanSquare(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Average();
}
