using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>
/// Feed-forward operators and their gradients about the sizes of tiles, pairs of rows and chunks of sums, against sums
/// in float64 whose operands are rounded here where the operators round them.
/// </summary>
public sealed class FeedForwardProductTests
{
    [Test]
    public void Operators_and_gradients_are_those_of_their_definition(
        [ProcessorPrecisions] Precision precision, [Values] bool isTanh,
        [Values(0, 1, 2, 11, 12, 13, 25, 145, 400)] int rows)
    {
        Precisions.Require(precision);
        string stem = "FeedForwardGelu" + (isTanh ? "Tanh" : ""), suffix = Operands.Suffix(precision);
        string forward = stem + suffix;
        if (KernelLibrary.Default.Definitions.All(d => d.Name != forward))
        {
            Assert.Ignore("This processor has no kernels of linear layers.");
        }

        // Depths of one chunk and of several, of which the sums of a panel are kept until the last.
        foreach ((int k, int n, int m) in
            new[] { (1, 32, 1), (33, 64, 47), (400, 32, 801), (801, 64, 31), (47, 288, 33) })
        {
            string size = $"[{rows}, {k}] by {n} and {m}";
            float[] x = Reference.Random(1, rows * k), w1 = Reference.Random(2, n * k, 1 / Math.Sqrt(k));
            float[] b1 = Reference.Random(3, n, 0.1), w2 = Reference.Random(4, m * n, 1 / Math.Sqrt(n));
            float[] b2 = Reference.Random(5, m), dy = Reference.Random(6, rows * m, 1 / Math.Sqrt(m));
            double[] Rounded(IEnumerable<float> values) =>
                [.. values.Select(v => precision == Precision.Fp32 ? v : BFloat16Reference.Nearest(v))];
            double[] RoundedSums(double[] values) => precision == Precision.Fp32
                ? values
                : [.. values.Select(v => BFloat16Reference.Nearest((float)v))];

            float[][] outputs = new KernelRun(forward).With(x, rows, k).With(w1, n, k).With(b1, n).With(w2, m, n)
                .With(b2, m).Outputs(2);

            // Each product is held against sums of what the operator itself had before it: a sum that lies between two
            // numbers of 8 bits may be rounded to either, and everything after it would differ.
            double[] h = Sum(rows, n, k, Rounded(x), (i, t) => (i * k) + t, Rounded(w1), (t, j) => (j * k) + t);
            Close(outputs[1], RoundedSums(Plus(h, b1)), precision, 1, $"h of {size}");
            double[] a = RoundedSums([.. outputs[1].Select(v => Gelu(v, isTanh, precision))]);
            double[] y = Sum(rows, m, n, a, (i, t) => (i * n) + t, Rounded(w2), (t, j) => (j * n) + t);
            Close(outputs[0], Plus(y, b2), precision, 8, $"y of {size}");

            float[][] gradients = new KernelRun(stem + "Grad" + suffix)
                .With(dy, rows, m).With(x, rows, k).With(w1, n, k).With(w2, m, n).With(outputs[1], rows, n).Outputs(5);

            double[] da = Sum(rows, n, m, Rounded(dy), (i, t) => (i * m) + t, Rounded(w2), (t, j) => (t * n) + j);
            double[] dh = [.. da.Select((v, i) => v * GeluSlope(outputs[1][i], isTanh, precision))];
            double[] upper = RoundedSums(dh);
            Close(gradients[0], Sum(rows, k, n, upper, (i, t) => (i * n) + t, Rounded(w1), (t, j) => (t * k) + j),
                precision, 8, $"dx of {size}");
            Close(gradients[1], Sum(n, k, rows, upper, (i, t) => (t * n) + i, Rounded(x), (t, j) => (t * k) + j),
                precision, 8, $"dw1 of {size}");
            Close(gradients[2], Columns(dh, rows, n), Precision.Fp32, 1, $"db1 of {size}");
            Close(gradients[3], Sum(m, n, rows, Rounded(dy), (i, t) => (t * m) + i, a, (t, j) => (t * n) + j),
                precision, 8, $"dw2 of {size}");
            Close(gradients[4], Columns([.. dy.Select(v => (double)v)], rows, m), Precision.Fp32, 1, $"db2 of {size}");
        }
    }

    [TestCase("FeedForwardGelu")]
    [TestCase("FeedForwardGeluTanhGrad")]
    public void An_inner_width_that_is_no_multiple_of_32_is_refused(string op)
    {
        if (KernelLibrary.Default.Definitions.All(d => d.Name != op))
        {
            Assert.Ignore("This processor has no kernels of linear layers.");
        }

        KernelRun run = new(op);
        long[][] shapes = op.EndsWith("Grad", StringComparison.Ordinal)
            ? [[3, 5], [3, 4], [33, 4], [5, 33], [3, 33]]
            : [[3, 4], [33, 4], [33], [5, 33], [5]];
        foreach (long[] shape in shapes)
        {
            run.With(new float[shape.Aggregate(1L, (a, b) => a * b)], shape);
        }

        Assert.That(() => run.Outputs(op == "FeedForwardGelu" ? 2 : 5),
            Expect.Refusal($"{op}: the inner width is 33; expected a multiple of 32"));
    }

    /// <summary>
    /// Within a few roundings of float32 of the largest; of 8 bits, within one step of the element where it is rounded
    /// itself, or of what few operands that may be rounded either way add up to.
    /// </summary>
    private static void Close(float[] actual, double[] expected, Precision precision, int terms, string what)
    {
        if (precision == Precision.Fp32)
        {
            Expect.Close(actual, expected, 3e-6, what);
            return;
        }

        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        double largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        int off = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            double step = terms == 1 ? Math.Abs(expected[i]) / 128 : largest / 256;
            if (!(error <= step + (1e-6 * largest)))
            {
                Assert.Fail($"{what}[{i}] is {actual[i]}; expected {expected[i]} within {step}.");
            }

            off += error > 3e-6 * Math.Max(1, largest) ? 1 : 0;
        }

        Assert.That(
            off, Is.LessThanOrEqualTo(2 + (actual.Length * terms / 100)), $"{what}: elements rounded otherwise");
    }

    // In 8 bits by the shorter polynomials, which tests of their own hold against the definition.
    private static double Gelu(float x, bool isTanh, Precision precision) => precision == Precision.Bf16 && !isTanh
        ? ErfGeluBf16.Value(Vector512.Create(x))[0]
        : Reference.Gelu(x, isTanh);

    private static double GeluSlope(float x, bool isTanh, Precision precision) => precision == Precision.Bf16 && !isTanh
        ? ErfGeluBf16.Slope(Vector512.Create(x))[0]
        : Reference.GeluSlope(x, isTanh);

    private static double[] Plus(double[] values, float[] row) =>
        [.. values.Select((v, i) => v + row[i % row.Length])];

    private static double[] Columns(double[] values, int rows, int columns) =>
        [.. Enumerable.Range(0, columns).Select(j => Enumerable.Range(0, rows).Sum(i => values[(i * columns) + j]))];

    private static double[] Sum(
        int rows, int columns, int depth, double[] a, Func<int, int, int> left, double[] b, Func<int, int, int> right)
    {
        // Both factors as rows over the depth first: the sums are then of what lies side by side.
        double[] lines = [.. Enumerable.Range(0, rows * depth).Select(at => a[left(at / depth, at % depth)])];
        double[] others = [.. Enumerable.Range(0, columns * depth).Select(at => b[right(at % depth, at / depth)])];
        double[] sums = new double[rows * columns];
        for (int at = 0; at < sums.Length; at++)
        {
            sums[at] = depth == 0 ? 0 : TensorPrimitives.Dot<double>(
                lines.AsSpan(at / columns * depth, depth), others.AsSpan(at % columns * depth, depth));
        }

        return sums;
    }
}
