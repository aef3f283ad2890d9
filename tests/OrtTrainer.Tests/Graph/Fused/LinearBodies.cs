using OrtTrainer.Graph;
using OrtTrainer.Tests.Runtime.Products;
using static OrtTrainer.Tests.Graph.Fused.BodyRun;
using Onnx = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>The values of function bodies of linear layers, alone and in feed-forward layers and losses.</summary>
internal static class LinearBodies
{
    /// <summary>A check by function.</summary>
    public static IReadOnlyDictionary<string, Action> Checks { get; } = new Dictionary<string, Action>
    {
        ["Linear"] = () => Linear(""),
        ["LinearWithoutBias"] = () => LinearWithoutBias(""),
        ["LinearInputGrad"] = () => LinearInputGrad(""),
        ["LinearWeightGrad"] = () => LinearWeightGrad(""),
        ["LinearGrad"] = () => LinearGrad("", hasBias: true),
        ["LinearWithoutBiasGrad"] = () => LinearGrad("", hasBias: false),
        ["LinearGradBf16"] = () => LinearGrad(Bf16, hasBias: true),
        ["LinearWithoutBiasGradBf16"] = () => LinearGrad(Bf16, hasBias: false),
        ["FeedForwardGelu"] = () => FeedForward("Gelu", "", gradient: false),
        ["FeedForwardGeluTanh"] = () => FeedForward("GeluTanh", "", gradient: false),
        ["FeedForwardGeluGrad"] = () => FeedForward("Gelu", "", gradient: true),
        ["FeedForwardGeluTanhGrad"] = () => FeedForward("GeluTanh", "", gradient: true),
        ["FeedForwardGeluBf16"] = () => FeedForward("Gelu", Bf16, gradient: false),
        ["FeedForwardGeluTanhBf16"] = () => FeedForward("GeluTanh", Bf16, gradient: false),
        ["FeedForwardGeluGradBf16"] = () => FeedForward("Gelu", Bf16, gradient: true),
        ["FeedForwardGeluTanhGradBf16"] = () => FeedForward("GeluTanh", Bf16, gradient: true),
        ["FeedForwardGluGelu"] = () => Gated("Gelu", "", gradient: false),
        ["FeedForwardGluGeluTanh"] = () => Gated("GeluTanh", "", gradient: false),
        ["FeedForwardGluSilu"] = () => Gated("Silu", "", gradient: false),
        ["FeedForwardGluGeluGrad"] = () => Gated("Gelu", "", gradient: true),
        ["FeedForwardGluGeluTanhGrad"] = () => Gated("GeluTanh", "", gradient: true),
        ["FeedForwardGluSiluGrad"] = () => Gated("Silu", "", gradient: true),
        ["FeedForwardGluGeluBf16"] = () => Gated("Gelu", Bf16, gradient: false),
        ["FeedForwardGluGeluTanhBf16"] = () => Gated("GeluTanh", Bf16, gradient: false),
        ["FeedForwardGluSiluBf16"] = () => Gated("Silu", Bf16, gradient: false),
        ["FeedForwardGluGeluGradBf16"] = () => Gated("Gelu", Bf16, gradient: true),
        ["FeedForwardGluGeluTanhGradBf16"] = () => Gated("GeluTanh", Bf16, gradient: true),
        ["FeedForwardGluSiluGradBf16"] = () => Gated("Silu", Bf16, gradient: true),
        ["LinearCrossEntropy"] = () => LinearCrossEntropy("", hasBias: true),
        ["LinearCrossEntropyWithoutBias"] = () => LinearCrossEntropy("", hasBias: false),
        ["LinearCrossEntropyBf16"] = () => LinearCrossEntropy(Bf16, hasBias: true),
        ["LinearCrossEntropyWithoutBiasBf16"] = () => LinearCrossEntropy(Bf16, hasBias: false),
        ["FrozenLinearCrossEntropy"] = () => LinearCrossEntropy("", hasBias: true, isFrozen: true),
        ["FrozenLinearCrossEntropyWithoutBias"] = () => LinearCrossEntropy("", hasBias: false, isFrozen: true),
        ["FrozenLinearCrossEntropyBf16"] = () => LinearCrossEntropy(Bf16, hasBias: true, isFrozen: true),
        ["FrozenLinearCrossEntropyWithoutBiasBf16"] =
            () => LinearCrossEntropy(Bf16, hasBias: false, isFrozen: true),
        ["LinearBf16"] = () => Linear(Bf16),
        ["LinearWithoutBiasBf16"] = () => LinearWithoutBias(Bf16),
        ["LinearInputGradBf16"] = () => LinearInputGrad(Bf16),
        ["LinearWeightGradBf16"] = () => LinearWeightGrad(Bf16),
    };

    private static void Linear(string precision)
    {
        (float[] x, float[] w, float[] b) = (Draw(15, 1), Draw(21, 2), Draw(7, 3));
        double[] y = Product(Rounded(x, precision), Rounded(w, precision), 5, 7, 3, (i, k) => (i * 3) + k,
            (k, j) => (j * 3) + k);
        AssertClose(
            Run("Linear" + precision, AttributeList.Empty, FunctionRun.Floats(x, 5, 3), FunctionRun.Floats(w, 7, 3),
                FunctionRun.Floats(b, 7))[0],
            [.. y.Select((v, i) => v + b[i % 7])]);
    }

    private static void LinearWithoutBias(string precision)
    {
        (float[] x, float[] w) = (Draw(15, 1), Draw(21, 2));
        AssertClose(
            Run("LinearWithoutBias" + precision, AttributeList.Empty, FunctionRun.Floats(x, 5, 3),
                FunctionRun.Floats(w, 7, 3))[0],
            Product(Rounded(x, precision), Rounded(w, precision), 5, 7, 3, (i, k) => (i * 3) + k,
                (k, j) => (j * 3) + k));
    }

    private static void LinearInputGrad(string precision)
    {
        (float[] dy, float[] w) = (Draw(35, 1), Draw(21, 2));
        AssertClose(
            Run("LinearInputGrad" + precision, AttributeList.Empty, FunctionRun.Floats(dy, 5, 7),
                FunctionRun.Floats(w, 7, 3))[0],
            Product(Rounded(dy, precision), Rounded(w, precision), 5, 3, 7, (i, k) => (i * 7) + k,
                (k, j) => (k * 3) + j));
    }

    private static void LinearWeightGrad(string precision)
    {
        (float[] dy, float[] x) = (Draw(35, 1), Draw(15, 2));
        AssertClose(
            Run("LinearWeightGrad" + precision, AttributeList.Empty, FunctionRun.Floats(dy, 5, 7),
                FunctionRun.Floats(x, 5, 3))[0],
            Product(Rounded(dy, precision), Rounded(x, precision), 7, 3, 5, (i, k) => (k * 7) + i,
                (k, j) => (k * 3) + j));
    }

    private static void LinearGrad(string precision, bool hasBias)
    {
        (float[] dy, float[] x, float[] w) = (Draw(35, 1), Draw(15, 2), Draw(21, 3));
        float[][] gradients = Run(
            $"Linear{(hasBias ? "" : "WithoutBias")}Grad{precision}", AttributeList.Empty, FunctionRun.Floats(dy, 5, 7),
            FunctionRun.Floats(x, 5, 3), FunctionRun.Floats(w, 7, 3));
        double[] upper = Rounded(dy, precision);
        Assert.That(gradients, Has.Length.EqualTo(hasBias ? 3 : 2));
        AssertClose(gradients[0],
            Product(upper, Rounded(w, precision), 5, 3, 7, (i, k) => (i * 7) + k, (k, j) => (k * 3) + j));
        AssertClose(gradients[1],
            Product(upper, Rounded(x, precision), 7, 3, 5, (i, k) => (k * 7) + i, (k, j) => (k * 3) + j));
        if (hasBias)
        {
            AssertClose(gradients[2],
                [.. Enumerable.Range(0, 7).Select(j => Enumerable.Range(0, 5).Sum(i => (double)dy[(i * 7) + j]))]);
        }
    }

    private static void FeedForward(string activation, string precision, bool gradient)
    {
        const int T = 5, K = 3, N = 32, M = 4;
        Func<double, double> gelu = activation == "Gelu" ? Reference.Gelu : Reference.GeluTanh;
        float[] x = Draw(T * K, 1), w1 = Draw(N * K, 2), b1 = Draw(N, 3), w2 = Draw(M * N, 4);
        float[] b2 = Draw(M, 5), dy = Draw(T * M, 6);
        double[][] exact = [Wide(x), Wide(w1), Wide(b1), Wide(w2), Wide(b2)];
        FunctionRun.Tensor[] weights = [FunctionRun.Floats(w1, N, K), FunctionRun.Floats(w2, M, N)];
        double[] Inner(double[][] v) => [.. Product(v[0], v[1], T, N, K, (i, k) => (i * K) + k, (k, j) => (j * K) + k)
            .Select((sum, i) => sum + v[2][i % N])];
        double[] Outer(double[][] v)
        {
            double[] a = [.. Inner(v).Select(gelu)];
            return [.. Product(a, v[3], T, M, N, (i, k) => (i * N) + k, (k, j) => (j * N) + k)
                .Select((sum, i) => sum + v[4][i % M])];
        }

        Onnx kept = precision.Length == 0 ? Onnx.Float : Onnx.BFloat16;
        float[] h = Narrow(Inner(exact));
        if (!gradient)
        {
            float[][] outputs = FunctionRun.Outputs(
                $"FeedForward{activation}{precision}", AttributeList.Empty, kept, FunctionRun.Floats(x, T, K),
                weights[0], FunctionRun.Floats(b1, N), weights[1], FunctionRun.Floats(b2, M));
            AssertClose(outputs[0], Outer(exact), ToleranceOf(precision));
            AssertClose(outputs[1], Inner(exact), ToleranceOf(precision));
            Assert.That(outputs[1], precision.Length == 0
                ? Is.Not.EqualTo(outputs[1].Select(BFloat16Reference.Nearest))
                : Is.EqualTo(outputs[1].Select(BFloat16Reference.Nearest)));
            return;
        }

        float[][] gradients = Run(
            $"FeedForward{activation}Grad{precision}", AttributeList.Empty, FunctionRun.Floats(dy, T, M),
            FunctionRun.Floats(x, T, K), weights[0], weights[1],
            precision.Length == 0 ? FunctionRun.Floats(h, T, N) : FunctionRun.Rounded(h, T, N));
        for (int i = 0; i < exact.Length; i++)
        {
            double[] With(double[] v) => Outer([.. exact.Select((other, at) => at == i ? v : other)]);
            AssertClose(gradients[i], Reference.Gradient(With, exact[i], Wide(dy)), ToleranceOf(precision));
        }
    }

    private static void Gated(string activation, string precision, bool gradient)
    {
        const int T = 5, K = 3, N = 32, M = 4;
        Func<double, double> act = activation switch
        {
            "Gelu" => Reference.Gelu,
            "GeluTanh" => Reference.GeluTanh,
            _ => v => v / (1 + Math.Exp(-v)),
        };
        float[] x = Draw(T * K, 1), w1 = Draw(2 * N * K, 2), w2 = Draw(M * N, 4), dy = Draw(T * M, 6);
        double[][] exact = [Wide(x), Wide(w1), Wide(w2)];
        double[] Inner(double[][] v) => Product(v[0], v[1], T, 2 * N, K, (i, k) => (i * K) + k, (k, j) => (j * K) + k);
        double[] Outer(double[][] v)
        {
            double[] h = Inner(v);
            double[] gated = [.. Enumerable.Range(0, T * N).Select(at =>
                act(h[(at / N * 2 * N) + (at % N)]) * h[(at / N * 2 * N) + N + (at % N)])];
            return Product(gated, v[2], T, M, N, (i, k) => (i * N) + k, (k, j) => (j * N) + k);
        }

        FunctionRun.Tensor[] inputs =
            [FunctionRun.Floats(x, T, K), FunctionRun.Floats(w1, 2 * N, K), FunctionRun.Floats(w2, M, N)];
        string name = $"FeedForwardGlu{activation}";
        if (!gradient)
        {
            float[][] outputs = FunctionRun.Outputs(
                name + precision, AttributeList.Empty, precision.Length == 0 ? Onnx.Float : Onnx.BFloat16, inputs);
            AssertClose(outputs[0], Outer(exact), ToleranceOf(precision));
            AssertClose(outputs[1], Inner(exact), ToleranceOf(precision));
            return;
        }

        float[] h = Narrow(Inner(exact));
        float[][] gradients = Run(
            $"{name}Grad{precision}", AttributeList.Empty,
            [
                FunctionRun.Floats(dy, T, M), .. inputs,
                precision.Length == 0 ? FunctionRun.Floats(h, T, 2 * N) : FunctionRun.Rounded(h, T, 2 * N),
            ]);
        for (int i = 0; i < exact.Length; i++)
        {
            double[] With(double[] v) => Outer([.. exact.Select((other, at) => at == i ? v : other)]);
            AssertClose(gradients[i], Reference.Gradient(With, exact[i], Wide(dy)), ToleranceOf(precision));
        }
    }

    private static void LinearCrossEntropy(string precision, bool hasBias, bool isFrozen = false)
    {
        const int Rows = 5, Width = 3, Classes = 7;
        const float Scale = 0.6f, Label = 0.8f, All = 0.03f;
        float[] x = Draw(Rows * Width, 1), w = Draw(Classes * Width, 2), b = Draw(Classes, 3);
        float[] weights = Draw(Rows, 4);
        long[] ids = [3, 0, 6, 3, 1];
        double[][] exact = hasBias ? [Wide(x), Wide(w), Wide(b)] : [Wide(x), Wide(w)];
        double[] Loss(double[][] v)
        {
            double[] logits =
                Product(v[0], v[1], Rows, Classes, Width, (i, k) => (i * Width) + k, (k, j) => (j * Width) + k);
            return
            [
                Enumerable.Range(0, Rows).Sum(row =>
                {
                    double[] z = [.. Enumerable.Range(0, Classes).Select(
                        k => Scale * (logits[(row * Classes) + k] + (hasBias ? v[2][k] : 0)))];
                    double logarithm = Math.Log(z.Sum(Math.Exp));
                    return weights[row]
                        * ((Label * (logarithm - z[ids[row]])) + (All * z.Sum(value => logarithm - value)));
                }),
            ];
        }

        FunctionRun.Tensor[] layer = [FunctionRun.Floats(x, Rows, Width), FunctionRun.Floats(w, Classes, Width)];
        float[][] outputs = Run(
            $"{(isFrozen ? "Frozen" : "")}LinearCrossEntropy{(hasBias ? "" : "WithoutBias")}{precision}",
            AttributeList.Empty,
            [
                .. layer, .. hasBias ? new[] { FunctionRun.Floats(b, Classes) } : [],
                FunctionRun.Integers(ids, Rows, 1), FunctionRun.Floats(weights, Rows), FunctionRun.Floats([Scale]),
                FunctionRun.Floats([Label]), FunctionRun.Floats([All]),
            ]);
        AssertClose(outputs[0], Loss(exact), ToleranceOf(precision));
        Assert.That(outputs, Has.Length.EqualTo(isFrozen ? 2 : exact.Length + 1));
        for (int i = 0; i < outputs.Length - 1; i++)
        {
            double[] With(double[] v) => Loss([.. exact.Select((other, at) => at == i ? v : other)]);
            AssertClose(outputs[i + 1], Reference.Gradient(With, exact[i], [1]), ToleranceOf(precision));
        }
    }
}
