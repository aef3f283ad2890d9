using OrtTrainer.Graph;
using OrtTrainer.Tests.Runtime.Products;
using Onnx = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>What checks of function bodies have in common.</summary>
internal static class BodyRun
{
    public const float P = 0.3f;
    public const long Site = 11;
    public static readonly long[] Key = [123456789, 4294967295];
    public static readonly uint[] Key32 = [.. Key.Select(k => (uint)k)];
    public static readonly AttributeList Masking = AttributeList.Empty.With("p", P).With("site", Site);
    public static readonly FunctionRun.Tensor KeyInput = FunctionRun.Integers(Key, 2);
    public const string Bf16 = "Bf16";

    public static float[][] Run(string function, AttributeList attributes, params FunctionRun.Tensor[] inputs) =>
        FunctionRun.Outputs(function, attributes, Onnx.Float, inputs);

    public static void AssertClose(float[] actual, double[] expected, double tolerance = 3e-6) =>
        Assert.That(actual.Select(v => (double)v),
            Is.EqualTo(expected).Within(tolerance * Math.Max(1, expected.Max(Math.Abs))));

    public static double[] Rounded(float[] values, string precision) =>
        precision.Length == 0 ? Wide(values) : [.. values.Select(BFloat16Reference.Nearest)];

    public static double[] Product(
        double[] a, double[] b, int rows, int columns, int depth, Func<int, int, int> left,
        Func<int, int, int> right) =>
        [.. Enumerable.Range(0, rows * columns).Select(at =>
            Enumerable.Range(0, depth).Sum(k => a[left(at / columns, k)] * b[right(k, at % columns)]))];

    // What is made without any rounding is the reference; a product of operands of 8 bits is off by 2^-8 of its terms,
    // and attention, feed-forward operators and their gradients are chains of two and three.
    public static double ToleranceOf(string precision) => precision.Length == 0 ? 3e-6 : 1.0 / 64;

    public static float[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    public static double[] Wide(float[] x) => [.. x.Select(v => (double)v)];

    public static float[] Narrow(double[] x) => [.. x.Select(v => (float)v)];
}
