using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Tests.Runtime.Kernels;
using OrtTrainer.Tests.Runtime.Products;
using Onnx = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>The function bodies on ONNX Runtime against independent double-precision code.</summary>
public sealed class FunctionBodyTests
{
    private const float P = 0.3f;
    private const long Site = 11;
    private static readonly long[] Key = [123456789, 4294967295];
    private static readonly uint[] Key32 = [.. Key.Select(k => (uint)k)];
    private static readonly AttributeList Masking = AttributeList.Empty.With("p", P).With("site", Site);
    private static readonly FunctionRun.Tensor KeyInput = FunctionRun.Integers(Key, 2);

    private const string Bf16 = "Bf16";

    private static readonly Dictionary<string, Action> Checks = new()
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
        ["After"] = After,
        ["LinearBf16"] = () => Linear(Bf16),
        ["LinearWithoutBiasBf16"] = () => LinearWithoutBias(Bf16),
        ["LinearInputGradBf16"] = () => LinearInputGrad(Bf16),
        ["LinearWeightGradBf16"] = () => LinearWeightGrad(Bf16),
        ["Dropout"] = Dropout,
        ["Gelu"] = () => Pointwise("Gelu", "GeluGrad", Reference.Gelu, gradient: false),
        ["GeluGrad"] = () => Pointwise("Gelu", "GeluGrad", Reference.Gelu, gradient: true),
        ["GeluTanh"] = () => Pointwise("GeluTanh", "GeluTanhGrad", Reference.GeluTanh, gradient: false),
        ["GeluTanhGrad"] = () => Pointwise("GeluTanh", "GeluTanhGrad", Reference.GeluTanh, gradient: true),
        ["RmsNorm"] = RmsNorm,
        ["RmsNormGrad"] = RmsNormGrad,
        ["LayerNorm"] = LayerNorm,
        ["LayerNormGrad"] = LayerNormGrad,
        ["DropoutAddLayerNorm"] = DropoutAddLayerNorm,
        ["DropoutAddLayerNormGrad"] = DropoutAddLayerNormGrad,
        ["EmbeddingNorm1"] = () => EmbeddingNorm(1),
        ["EmbeddingNorm2"] = () => EmbeddingNorm(2),
        ["EmbeddingNorm3"] = () => EmbeddingNorm(3),
        ["EmbeddingNorm4"] = () => EmbeddingNorm(4),
        ["EmbeddingNormGrad"] = EmbeddingNormGrad,
        ["PackedAttention"] = () => BothMasks(gradient: false),
        ["PackedAttentionGrad"] = () => BothMasks(gradient: true),
        ["PackedAttentionBf16"] = () => BothMasks(gradient: false, Bf16),
        ["PackedAttentionGradBf16"] = () => BothMasks(gradient: true, Bf16),
        ["PackedBiasedAttention"] = () => BiasedAttention(gradient: false),
        ["PackedBiasedAttentionGrad"] = () => BiasedAttention(gradient: true),
        ["PackedBiasedAttentionBf16"] = () => BiasedAttention(gradient: false, Bf16),
        ["PackedBiasedAttentionGradBf16"] = () => BiasedAttention(gradient: true, Bf16),
        ["PackedSharedAttention"] = () => SharedAttention(gradient: false),
        ["PackedSharedAttentionGrad"] = () => SharedAttention(gradient: true),
        ["PackedSharedAttentionBf16"] = () => SharedAttention(gradient: false, Bf16),
        ["PackedSharedAttentionGradBf16"] = () => SharedAttention(gradient: true, Bf16),
        ["PackedCrossAttention"] = () => CrossAttention(gradient: false),
        ["PackedCrossAttentionGrad"] = () => CrossAttention(gradient: true),
        ["PackedLogSoftmax"] = () => LogSoftmax(gradient: false),
        ["PackedLogSoftmaxGrad"] = () => LogSoftmax(gradient: true),
        ["SoftmaxCrossEntropy"] = () => CrossEntropy(ofIds: false, gradient: false),
        ["SoftmaxCrossEntropyGrad"] = () => CrossEntropy(ofIds: false, gradient: true),
        ["IdCrossEntropy"] = () => CrossEntropy(ofIds: true, gradient: false),
        ["IdCrossEntropyGrad"] = () => CrossEntropy(ofIds: true, gradient: true),
        ["DisentangledAttention"] = () => Disentangled(gradient: false),
        ["DisentangledAttentionGrad"] = () => Disentangled(gradient: true),
        ["Rotary"] = Rotary,
        ["CachedAttention"] = () =>
        {
            CachedAttention(-1);
            CachedAttention(1);
        },
        ["ColumnSum"] = ColumnSum,
        ["GatherGrad"] = GatherGrad,
    };

    private static IEnumerable<string> Fused => OperatorSet.All.OfType<FusedOperator>().Select(op => op.Type)
        .Where(op => !Precisions.IsOfDevices(op));

    [TestCaseSource(nameof(Fused))]
    public void A_body_gives_the_values_of_the_definition(string function)
    {
        if (OperatorSet.Get(FunctionDefinition.Domain, function) is Residual)
        {
            AddsToItsFirstOutput(function);
            return;
        }

        Assert.That(Checks, Does.ContainKey(function), "a fused operator without a check of its values");
        Checks[function]();
    }

    // The outputs of the operator without a residual, which a check of its own holds against the definition, with the
    // residual added to the first in float32.
    private static void AddsToItsFirstOutput(string function)
    {
        KernelCase size = new(5, 1, 4, 0);
        int outputs = KernelCase.Outputs[function];
        KernelRun run = size.Run(function);
        float[][] plain = size.Run(KernelCase.Plain(function)).OutputsOfBody(outputs);
        float[] r = run.Inputs[^1].Floats!;

        float[][] actual = run.OutputsOfBody(outputs);

        Assert.That(actual[0], Is.EqualTo(plain[0].Zip(r, (a, b) => a + b)));
        Assert.That(actual[1..], Is.EqualTo(plain[1..]));
    }

    [Test]
    public void Every_body_can_be_parsed_and_calls_only_what_the_library_has()
    {
        HashSet<string> names = [.. FunctionLibrary.All.Select(f => f.Name)];
        foreach (FunctionDefinition function in FunctionLibrary.All)
        {
            var calls = FunctionLibrary.Closure([function.Name]).SelectMany(f => f.Node)
                .Where(n => n.Domain == FunctionDefinition.Domain);
            Assert.That(calls.Select(n => n.OpType).Distinct(), Is.SubsetOf(names), function.Name);
        }
    }

    private static void Linear(string precision)
    {
        (float[] x, float[] w, float[] b) = (Random(15, 1), Random(21, 2), Random(7, 3));
        double[] y = Product(Rounded(x, precision), Rounded(w, precision), 5, 7, 3, (i, k) => (i * 3) + k,
            (k, j) => (j * 3) + k);
        AssertClose(
            Run("Linear" + precision, AttributeList.Empty, FunctionRun.Floats(x, 5, 3), FunctionRun.Floats(w, 7, 3),
                FunctionRun.Floats(b, 7))[0],
            [.. y.Select((v, i) => v + b[i % 7])]);
    }

    private static void LinearWithoutBias(string precision)
    {
        (float[] x, float[] w) = (Random(15, 1), Random(21, 2));
        AssertClose(
            Run("LinearWithoutBias" + precision, AttributeList.Empty, FunctionRun.Floats(x, 5, 3),
                FunctionRun.Floats(w, 7, 3))[0],
            Product(Rounded(x, precision), Rounded(w, precision), 5, 7, 3, (i, k) => (i * 3) + k,
                (k, j) => (j * 3) + k));
    }

    private static void LinearInputGrad(string precision)
    {
        (float[] dy, float[] w) = (Random(35, 1), Random(21, 2));
        AssertClose(
            Run("LinearInputGrad" + precision, AttributeList.Empty, FunctionRun.Floats(dy, 5, 7),
                FunctionRun.Floats(w, 7, 3))[0],
            Product(Rounded(dy, precision), Rounded(w, precision), 5, 3, 7, (i, k) => (i * 7) + k,
                (k, j) => (k * 3) + j));
    }

    private static void LinearWeightGrad(string precision)
    {
        (float[] dy, float[] x) = (Random(35, 1), Random(15, 2));
        AssertClose(
            Run("LinearWeightGrad" + precision, AttributeList.Empty, FunctionRun.Floats(dy, 5, 7),
                FunctionRun.Floats(x, 5, 3))[0],
            Product(Rounded(dy, precision), Rounded(x, precision), 7, 3, 5, (i, k) => (k * 7) + i,
                (k, j) => (k * 3) + j));
    }

    private static void LinearGrad(string precision, bool hasBias)
    {
        (float[] dy, float[] x, float[] w) = (Random(35, 1), Random(15, 2), Random(21, 3));
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
        float[] x = Random(T * K, 1), w1 = Random(N * K, 2), b1 = Random(N, 3), w2 = Random(M * N, 4);
        float[] b2 = Random(M, 5), dy = Random(T * M, 6);
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
        float[] x = Random(T * K, 1), w1 = Random(2 * N * K, 2), w2 = Random(M * N, 4), dy = Random(T * M, 6);
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
        float[] x = Random(Rows * Width, 1), w = Random(Classes * Width, 2), b = Random(Classes, 3);
        float[] weights = Random(Rows, 4);
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

    private static void After()
    {
        float[] x = Random(15, 1);
        Assert.That(
            Run("After", AttributeList.Empty, FunctionRun.Floats(x, 5, 3), FunctionRun.Floats([1, 2], 2))[0],
            Is.EqualTo(x));
    }

    private static double[] Rounded(float[] values, string precision) =>
        precision.Length == 0 ? Wide(values) : [.. values.Select(BFloat16Reference.Nearest)];

    private static double[] Product(
        double[] a, double[] b, int rows, int columns, int depth, Func<int, int, int> left,
        Func<int, int, int> right) =>
        [.. Enumerable.Range(0, rows * columns).Select(at =>
            Enumerable.Range(0, depth).Sum(k => a[left(at / columns, k)] * b[right(k, at % columns)]))];

    private static void Dropout()
    {
        float[] x = Random(35, 1);
        AssertClose(Run("Dropout", Masking, FunctionRun.Floats(x, 5, 7), KeyInput)[0],
            Reference.Dropout(Wide(x), Key32, P, (uint)Site));
    }

    private static void Pointwise(string op, string gradientOp, Func<double, double> f, bool gradient)
    {
        float[] x = [.. Random(61, 2).Select(v => 4 * v)];
        float[] dy = Random(61, 3);
        if (gradient)
        {
            AssertClose(Run(gradientOp, AttributeList.Empty, FunctionRun.Floats(dy, 61), FunctionRun.Floats(x, 61))[0],
                Reference.Gradient(v => [.. v.Select(f)], Wide(x), Wide(dy)));
            return;
        }

        AssertClose(Run(op, AttributeList.Empty, FunctionRun.Floats(x, 61))[0], [.. x.Select(v => f(v))]);
    }

    private static void RmsNorm()
    {
        (float[] x, float[] gamma) = (Random(21, 1), Random(7, 2));
        float[][] outputs = Run("RmsNorm", AttributeList.Empty.With("epsilon", 1e-3f),
            FunctionRun.Floats(x, 3, 7), FunctionRun.Floats(gamma, 7));
        (double[] y, double[] invrms) = Reference.RmsNorm(Wide(x), Wide(gamma), 1e-3f);
        AssertClose(outputs[0], y);
        AssertClose(outputs[1], invrms);
    }

    private static void RmsNormGrad()
    {
        (float[] x, float[] gamma, float[] dy) = (Random(21, 1), Random(7, 2), Random(21, 4));
        (_, double[] invrms) = Reference.RmsNorm(Wide(x), Wide(gamma), 1e-3f);
        float[][] outputs = Run("RmsNormGrad", AttributeList.Empty, FunctionRun.Floats(dy, 3, 7),
            FunctionRun.Floats(x, 3, 7), FunctionRun.Floats(gamma, 7), FunctionRun.Floats(Narrow(invrms), 3));
        AssertClose(outputs[0],
            Reference.Gradient(v => Reference.RmsNorm(v, Wide(gamma), 1e-3f).Y, Wide(x), Wide(dy)));
        AssertClose(outputs[1],
            Reference.Gradient(v => Reference.RmsNorm(Wide(x), v, 1e-3f).Y, Wide(gamma), Wide(dy)));
    }

    private static void LayerNorm()
    {
        (float[] x, float[] gamma, float[] beta) = (Random(21, 1), Random(7, 2), Random(7, 3));
        float[][] outputs = Run("LayerNorm", AttributeList.Empty.With("epsilon", 1e-3f),
            FunctionRun.Floats(x, 3, 7), FunctionRun.Floats(gamma, 7), FunctionRun.Floats(beta, 7));
        (double[] y, double[] mean, double[] invstd) = Reference.LayerNorm(Wide(x), Wide(gamma), Wide(beta), 1e-3f);
        AssertClose(outputs[0], y);
        AssertClose(outputs[1], mean);
        AssertClose(outputs[2], invstd);
    }

    private static void LayerNormGrad()
    {
        (float[] x, float[] gamma) = (Random(21, 1), Random(7, 2));
        (float[] beta, float[] dy) = (Random(7, 3), Random(21, 4));
        (_, double[] mean, double[] invstd) = Reference.LayerNorm(Wide(x), Wide(gamma), Wide(beta), 1e-3f);
        float[][] outputs = Run("LayerNormGrad", AttributeList.Empty, FunctionRun.Floats(dy, 3, 7),
            FunctionRun.Floats(x, 3, 7), FunctionRun.Floats(gamma, 7), FunctionRun.Floats(Narrow(mean), 3),
            FunctionRun.Floats(Narrow(invstd), 3));
        AssertClose(outputs[0],
            Reference.Gradient(v => Reference.LayerNorm(v, Wide(gamma), Wide(beta), 1e-3f).Y, Wide(x), Wide(dy)));
        AssertClose(outputs[1],
            Reference.Gradient(v => Reference.LayerNorm(Wide(x), v, Wide(beta), 1e-3f).Y, Wide(gamma), Wide(dy)));
        AssertClose(outputs[2],
            Reference.Gradient(v => Reference.LayerNorm(Wide(x), Wide(gamma), v, 1e-3f).Y, Wide(beta), Wide(dy)));
    }

    private static void DropoutAddLayerNorm()
    {
        (float[] x, float[] residual) = (Random(21, 1), Random(21, 5));
        (float[] gamma, float[] beta) = (Random(7, 2), Random(7, 3));
        float[][] outputs = Run("DropoutAddLayerNorm", Masking.With("epsilon", 1e-3f), FunctionRun.Floats(x, 3, 7),
            FunctionRun.Floats(residual, 3, 7), FunctionRun.Floats(gamma, 7), FunctionRun.Floats(beta, 7), KeyInput);
        double[] z = [.. Reference.Dropout(Wide(x), Key32, P, (uint)Site).Zip(residual, (a, b) => a + b)];
        (double[] y, double[] mean, double[] invstd) = Reference.LayerNorm(z, Wide(gamma), Wide(beta), 1e-3f);
        AssertClose(outputs[0], y);
        AssertClose(outputs[1], z);
        AssertClose(outputs[2], mean);
        AssertClose(outputs[3], invstd);
    }

    private static void DropoutAddLayerNormGrad()
    {
        (float[] z, float[] gamma) = (Random(21, 1), Random(7, 2));
        (float[] beta, float[] dy) = (Random(7, 3), Random(21, 4));
        (_, double[] mean, double[] invstd) = Reference.LayerNorm(Wide(z), Wide(gamma), Wide(beta), 1e-3f);
        float[][] outputs = Run("DropoutAddLayerNormGrad", Masking, FunctionRun.Floats(dy, 3, 7),
            FunctionRun.Floats(z, 3, 7), FunctionRun.Floats(gamma, 7), FunctionRun.Floats(Narrow(mean), 3),
            FunctionRun.Floats(Narrow(invstd), 3), KeyInput);
        double[] dz =
            Reference.Gradient(v => Reference.LayerNorm(v, Wide(gamma), Wide(beta), 1e-3f).Y, Wide(z), Wide(dy));
        AssertClose(outputs[0], Reference.Dropout(dz, Key32, P, (uint)Site));
        AssertClose(outputs[1], dz);
        AssertClose(outputs[2],
            Reference.Gradient(v => Reference.LayerNorm(Wide(z), v, Wide(beta), 1e-3f).Y, Wide(gamma), Wide(dy)));
        AssertClose(outputs[3],
            Reference.Gradient(v => Reference.LayerNorm(Wide(z), Wide(gamma), v, 1e-3f).Y, Wide(beta), Wide(dy)));
    }

    private static void EmbeddingNorm(int tables)
    {
        const int Width = 7;
        float[] gamma = Random(Width, 2), beta = Random(Width, 3);
        float[][] rows = [.. Enumerable.Range(0, tables).Select(i => Random((i + 2) * Width, 5 + i))];
        long[][] ids = [.. Enumerable.Range(0, tables).Select(i => new long[] { 1, i + 1, 0, 1 })];
        double[] z = [.. Enumerable.Range(0, 4 * Width).Select(at => Enumerable.Range(0, tables)
            .Sum(i => (double)rows[i][(ids[i][at / Width] * Width) + (at % Width)]))];
        float[][] outputs = Run($"EmbeddingNorm{tables}", Masking.With("epsilon", 1e-3f),
            [
                .. rows.Select((table, i) => FunctionRun.Floats(table, i + 2, Width)),
                .. ids.Select(list => FunctionRun.Integers(list, 4)),
                FunctionRun.Floats(gamma, Width), FunctionRun.Floats(beta, Width), KeyInput,
            ]);
        (double[] y, double[] mean, double[] invstd) = Reference.LayerNorm(z, Wide(gamma), Wide(beta), 1e-3f);
        AssertClose(outputs[0], Reference.Dropout(y, Key32, P, (uint)Site));
        AssertClose(outputs[1], z);
        AssertClose(outputs[2], mean);
        AssertClose(outputs[3], invstd);
    }

    private static void EmbeddingNormGrad()
    {
        (float[] z, float[] gamma) = (Random(21, 1), Random(7, 2));
        (float[] beta, float[] dy) = (Random(7, 3), Random(21, 4));
        (_, double[] mean, double[] invstd) = Reference.LayerNorm(Wide(z), Wide(gamma), Wide(beta), 1e-3f);
        float[][] outputs = Run("EmbeddingNormGrad", Masking, FunctionRun.Floats(dy, 3, 7), FunctionRun.Floats(z, 3, 7),
            FunctionRun.Floats(gamma, 7), FunctionRun.Floats(Narrow(mean), 3), FunctionRun.Floats(Narrow(invstd), 3),
            KeyInput);
        double[] Y(double[] x, double[] gain, double[] shift) =>
            Reference.Dropout(Reference.LayerNorm(x, gain, shift, 1e-3f).Y, Key32, P, (uint)Site);
        AssertClose(outputs[0], Reference.Gradient(v => Y(v, Wide(gamma), Wide(beta)), Wide(z), Wide(dy)));
        AssertClose(outputs[1], Reference.Gradient(v => Y(Wide(z), v, Wide(beta)), Wide(gamma), Wide(dy)));
        AssertClose(outputs[2], Reference.Gradient(v => Y(Wide(z), Wide(gamma), v), Wide(beta), Wide(dy)));
    }

    private static void BothMasks(bool gradient, string precision = "")
    {
        foreach (int window in new[] { -1, 0, 2, 4 })
        {
            Attention(gradient, AttentionMask.Bidirectional, window, precision);
            Attention(gradient, AttentionMask.Causal, window, precision);
        }
    }

    private static void Attention(bool gradient, AttentionMask mask, int window, string precision)
    {
        const int Heads = 2, Width = 6;
        long[] offsets = [0, 3, 4, 9];
        float[] qkv = Random(9 * 3 * Width, 1);
        float[] dy = Random(9 * Width, 2);
        AttributeList attributes = Masking.With("heads", Heads).With("scale", 1.25f).With("mask", (long)mask)
            .With("window", window);
        FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
        (double[] Y, double[] Lse) Exact(double[] v) => Reference.Attention(
            v, offsets, Heads, Width, 1.25, mask == AttentionMask.Causal, window,
            counter => Reference.Mask(counter, Key32, P, (uint)Site));
        (double[] y, double[] lse) = Exact(Wide(qkv));
        if (gradient)
        {
            float[] dqkv = Run("PackedAttentionGrad" + precision, attributes, FunctionRun.Floats(dy, 9, Width),
                FunctionRun.Floats(qkv, 9, 3 * Width), FunctionRun.Floats(Narrow(y), 9, Width),
                FunctionRun.Floats(Narrow(lse), 9, Heads), starts, KeyInput)[0];
            AssertClose(dqkv, Reference.Gradient(v => Exact(v).Y, Wide(qkv), Wide(dy)),
                ToleranceOf(precision));
            return;
        }

        float[][] outputs = Run(
            "PackedAttention" + precision, attributes, FunctionRun.Floats(qkv, 9, 3 * Width), starts, KeyInput);
        AssertClose(outputs[0], y, ToleranceOf(precision));
        AssertClose(outputs[1], lse, ToleranceOf(precision));
    }

    private static void BiasedAttention(bool gradient, string precision = "")
    {
        const int Heads = 2, Width = 6, Distances = 5;
        long[] offsets = [0, 3, 4, 9];
        float[] qkv = Random(9 * 3 * Width, 1), dy = Random(9 * Width, 2), relative = Random(Distances * Heads, 3);
        foreach (AttentionMask mask in Enum.GetValues<AttentionMask>())
        {
            AttributeList attributes = Masking.With("heads", Heads).With("scale", 1.25f).With("mask", (long)mask)
                .With("window", 1);
            FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
            FunctionRun.Tensor table = FunctionRun.Floats(relative, Distances, Heads);
            (double[] Y, double[] Lse) Exact(double[] v, double[] bias) => Reference.Attention(
                v, offsets, Heads, Width, 1.25, mask == AttentionMask.Causal, 1,
                counter => Reference.Mask(counter, Key32, P, (uint)Site),
                (distance, head) => bias[((Math.Clamp(distance, -2, 2) + 2) * Heads) + head]);
            (double[] y, double[] lse) = Exact(Wide(qkv), Wide(relative));
            if (gradient)
            {
                float[][] gradients = Run(
                    "PackedBiasedAttentionGrad" + precision, attributes, FunctionRun.Floats(dy, 9, Width),
                    FunctionRun.Floats(qkv, 9, 3 * Width), FunctionRun.Floats(Narrow(y), 9, Width),
                    FunctionRun.Floats(Narrow(lse), 9, Heads), starts, KeyInput, table);
                AssertClose(gradients[0], Reference.Gradient(v => Exact(v, Wide(relative)).Y, Wide(qkv), Wide(dy)),
                    ToleranceOf(precision));
                AssertClose(gradients[1], Reference.Gradient(v => Exact(Wide(qkv), v).Y, Wide(relative), Wide(dy)),
                    ToleranceOf(precision));
                continue;
            }

            float[][] outputs = Run(
                "PackedBiasedAttention" + precision, attributes, FunctionRun.Floats(qkv, 9, 3 * Width), starts,
                KeyInput, table);
            AssertClose(outputs[0], y, ToleranceOf(precision));
            AssertClose(outputs[1], lse, ToleranceOf(precision));
        }
    }

    private static void SharedAttention(bool gradient, string precision = "")
    {
        const int Heads = 4, KeyHeads = 2, Width = 8, Row = 16;
        long[] offsets = [0, 3, 4, 9];
        float[] qkv = Random(9 * Row, 1), dy = Random(9 * Width, 2);
        foreach (AttentionMask mask in Enum.GetValues<AttentionMask>())
        {
            AttributeList attributes = Masking.With("heads", Heads).With("keyHeads", KeyHeads).With("scale", 1.25f)
                .With("mask", (long)mask).With("window", 2);
            FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
            (double[] Y, double[] Lse) Exact(double[] v) => Reference.Attention(
                SharedHeads.Spread(v, Heads, KeyHeads, Width / Heads), offsets, Heads, Width, 1.25,
                mask == AttentionMask.Causal, 2, counter => Reference.Mask(counter, Key32, P, (uint)Site));
            (double[] y, double[] lse) = Exact(Wide(qkv));
            if (gradient)
            {
                float[] dqkv = Run(
                    "PackedSharedAttentionGrad" + precision, attributes, FunctionRun.Floats(dy, 9, Width),
                    FunctionRun.Floats(qkv, 9, Row), FunctionRun.Floats(Narrow(y), 9, Width),
                    FunctionRun.Floats(Narrow(lse), 9, Heads), starts, KeyInput)[0];
                AssertClose(
                    dqkv, Reference.Gradient(v => Exact(v).Y, Wide(qkv), Wide(dy)), ToleranceOf(precision));
                continue;
            }

            float[][] outputs = Run(
                "PackedSharedAttention" + precision, attributes, FunctionRun.Floats(qkv, 9, Row), starts, KeyInput);
            AssertClose(outputs[0], y, ToleranceOf(precision));
            AssertClose(outputs[1], lse, ToleranceOf(precision));
        }
    }

    private static void CrossAttention(bool gradient)
    {
        // One query, none, and more than there are keys.
        const int Heads = 2, Width = 6;
        long[] queryOffsets = [0, 1, 1, 5, 7], offsets = [0, 3, 4, 7, 12];
        float[] q = Random(7 * Width, 1), kv = Random(12 * 2 * Width, 3), dy = Random(7 * Width, 2);
        AttributeList attributes = Masking.With("heads", Heads).With("scale", 1.25f);
        FunctionRun.Tensor[] integers =
            [FunctionRun.Integers(queryOffsets, 5), FunctionRun.Integers(offsets, 5), KeyInput];
        (double[] Y, double[] Lse) Exact(double[] queries, double[] keys) => Reference.CrossAttention(
            queries, keys, queryOffsets, offsets, Heads, Width, 1.25,
            counter => Reference.Mask(counter, Key32, P, (uint)Site));
        (double[] y, double[] lse) = Exact(Wide(q), Wide(kv));
        FunctionRun.Tensor[] inputs = [FunctionRun.Floats(q, 7, Width), FunctionRun.Floats(kv, 12, 2 * Width)];
        if (!gradient)
        {
            float[][] outputs = Run("PackedCrossAttention", attributes, [.. inputs, .. integers]);
            AssertClose(outputs[0], y);
            AssertClose(outputs[1], lse);
            return;
        }

        float[][] gradients = Run("PackedCrossAttentionGrad", attributes,
            [
                FunctionRun.Floats(dy, 7, Width), .. inputs, FunctionRun.Floats(Narrow(y), 7, Width),
                FunctionRun.Floats(Narrow(lse), 7, Heads), .. integers,
            ]);
        AssertClose(gradients[0], Reference.Gradient(v => Exact(v, Wide(kv)).Y, Wide(q), Wide(dy)));
        AssertClose(gradients[1], Reference.Gradient(v => Exact(Wide(q), v).Y, Wide(kv), Wide(dy)));
    }

    private static void LogSoftmax(bool gradient)
    {
        const int Columns = 2;
        long[] offsets = [0, 3, 4, 9];
        float[] x = Random(9 * Columns, 1);
        float[] dy = Random(9 * Columns, 2);
        FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
        double[] y = Reference.PackedLogSoftmax(Wide(x), offsets, Columns);
        if (gradient)
        {
            AssertClose(
                Run("PackedLogSoftmaxGrad", AttributeList.Empty, FunctionRun.Floats(dy, 9, Columns),
                    FunctionRun.Floats(Narrow(y), 9, Columns), starts)[0],
                Reference.Gradient(v => Reference.PackedLogSoftmax(v, offsets, Columns), Wide(x), Wide(dy)));
            return;
        }

        AssertClose(Run("PackedLogSoftmax", AttributeList.Empty, FunctionRun.Floats(x, 9, Columns), starts)[0], y);
    }

    private static void CrossEntropy(bool ofIds, bool gradient)
    {
        const int Rows = 5, Classes = 7;
        const float Scale = 0.6f, Label = 0.8f, All = 0.03f;
        float[] x = [.. Random(Rows * Classes, 1).Select(v => 4 * v)], targets = Random(Rows * Classes, 2);
        float[] dloss = Random(Rows, 3);
        long[] ids = [3, 0, 6, 3, 1];
        double Target(int row, int k) =>
            !ofIds ? targets[(row * Classes) + k] : All + (ids[row] == k ? Label : 0);
        double Sum(double[] v, int row) => Enumerable.Range(0, Classes)
            .Sum(k => Math.Exp((v[(row * Classes) + k] * Scale) - Top(v, row)));
        double Top(double[] v, int row) => Scale * v[(row * Classes)..((row + 1) * Classes)].Max();
        double[] Loss(double[] v) => [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Classes).Sum(k =>
            Target(row, k) * (Math.Log(Sum(v, row)) + Top(v, row) - (v[(row * Classes) + k] * Scale))))];
        double[] top = [.. Enumerable.Range(0, Rows).Select(row => Top(Wide(x), row))];
        double[] logsum = [.. Enumerable.Range(0, Rows).Select(row => Math.Log(Sum(Wide(x), row)))];
        string name = ofIds ? "IdCrossEntropy" : "SoftmaxCrossEntropy";
        FunctionRun.Tensor[] inputs =
        [
            FunctionRun.Floats(x, Rows, Classes),
            .. ofIds
                ? [FunctionRun.Integers(ids, Rows, 1), FunctionRun.Floats([Scale]), FunctionRun.Floats([Label]),
                    FunctionRun.Floats([All])]
                : new[] { FunctionRun.Floats(targets, Rows, Classes), FunctionRun.Floats([Scale]) },
        ];
        if (gradient)
        {
            AssertClose(
                Run(name + "Grad", AttributeList.Empty,
                    [
                        FunctionRun.Floats(dloss, Rows), .. inputs, FunctionRun.Floats(Narrow(top), Rows),
                        FunctionRun.Floats(Narrow(logsum), Rows),
                    ])[0],
                Reference.Gradient(Loss, Wide(x), Wide(dloss)));
            return;
        }

        float[][] outputs = Run(name, AttributeList.Empty, inputs);
        AssertClose(outputs[0], Loss(Wide(x)));
        AssertClose(outputs[1], top);
        AssertClose(outputs[2], logsum);
    }

    private static void Disentangled(bool gradient)
    {
        // Five rows; two distances share one, and those beyond 3 count as 3.
        const int Heads = 2, Width = 6, Rows = 5;
        long[] offsets = [0, 3, 3, 4, 10], buckets = [0, 0, 1, 2, 3, 4, 4];
        float[] qkv = Random(10 * 3 * Width, 1), relative = Random(Rows * 2 * Width, 3), dy = Random(10 * Width, 2);
        AttributeList attributes = Masking.With("heads", Heads).With("scale", 0.8f);
        FunctionRun.Tensor[] integers =
            [FunctionRun.Integers(buckets, buckets.Length), FunctionRun.Integers(offsets, offsets.Length), KeyInput];
        (double[] Y, double[] Lse) Exact(double[] v, double[] r) => Reference.Disentangled(
            v, r, buckets, offsets, Heads, Width, 0.8f, counter => Reference.Mask(counter, Key32, P, (uint)Site));
        (double[] y, double[] lse) = Exact(Wide(qkv), Wide(relative));
        FunctionRun.Tensor[] inputs =
            [FunctionRun.Floats(qkv, 10, 3 * Width), FunctionRun.Floats(relative, Rows, 2 * Width)];
        if (!gradient)
        {
            float[][] outputs = Run("DisentangledAttention", attributes, [.. inputs, .. integers]);
            AssertClose(outputs[0], y);
            AssertClose(outputs[1], lse);
            return;
        }

        float[][] gradients = Run("DisentangledAttentionGrad", attributes,
            [
                FunctionRun.Floats(dy, 10, Width), .. inputs, FunctionRun.Floats(Narrow(y), 10, Width),
                FunctionRun.Floats(Narrow(lse), 10, Heads), .. integers,
            ]);
        AssertClose(gradients[0], Reference.Gradient(v => Exact(v, Wide(relative)).Y, Wide(qkv), Wide(dy)));
        AssertClose(gradients[1], Reference.Gradient(r => Exact(Wide(qkv), r).Y, Wide(relative), Wide(dy)));
    }

    private static void Rotary()
    {
        float[] x = Random(3 * 10, 1), frequencies = [1, 0.25f];
        long[] positions = [0, 7, 300];
        foreach (int direction in new[] { 1, -1 })
        {
            double[] expected = Wide(x);
            for (int at = 0; at < x.Length; at++)
            {
                // Two heads of 4 columns in rows of 10.
                (int row, int column) = (at / 10, at % 10);
                if (column % 4 < 2 && column < 8)
                {
                    double angle = positions[row] * (double)frequencies[column % 4] * direction;
                    var turned = System.Numerics.Complex.FromPolarCoordinates(1, angle)
                        * new System.Numerics.Complex(x[at], x[at + 2]);
                    (expected[at], expected[at + 2]) = (turned.Real, turned.Imaginary);
                }
            }

            AssertClose(
                Run("Rotary", AttributeList.Empty.With("heads", 2).With("direction", (float)direction),
                    FunctionRun.Floats(x, 3, 10), FunctionRun.Integers(positions, 3),
                    FunctionRun.Floats(frequencies, 2))[0],
                expected);
        }
    }

    // Two heads of queries share one of keys, of 2 columns; 4 tokens of two texts, before which there are 2 and none.
    private static void CachedAttention(int window)
    {
        long[] offsets = [0, 3, 4], cached = [2, 0];
        const int Room = 6;
        float[] qkv = Random(4 * 8, 1), keys = Random(2 * Room * 2, 2), values = Random(2 * Room * 2, 3);
        (double[] allKeys, double[] allValues, double[] y) = (Wide(keys), Wide(values), new double[4 * 4]);
        for (int token = 0; token < 4; token++)
        {
            int text = token < 3 ? 0 : 1, place = text == 0 ? 2 + token : 0;
            for (int i = 0; i < 2; i++)
            {
                allKeys[(((text * Room) + place) * 2) + i] = qkv[(token * 8) + 4 + i];
                allValues[(((text * Room) + place) * 2) + i] = qkv[(token * 8) + 6 + i];
            }

            for (int head = 0; head < 2; head++)
            {
                int first = window < 0 ? 0 : Math.Max(0, place - window);
                double[] weights = [.. Enumerable.Range(first, place + 1 - first).Select(key => Math.Exp(0.7f
                    * Enumerable.Range(0, 2).Sum(i => qkv[(token * 8) + (head * 2) + i]
                        * allKeys[(((text * Room) + key) * 2) + i])))];
                for (int i = 0; i < 2; i++)
                {
                    y[(token * 4) + (head * 2) + i] = weights
                        .Select((weight, j) => weight * allValues[(((text * Room) + first + j) * 2) + i]).Sum()
                        / weights.Sum();
                }
            }
        }

        float[][] actual = Run(
            "CachedAttention",
            AttributeList.Empty.With("heads", 2).With("scale", 0.7f).With("window", window),
            FunctionRun.Floats(qkv, 4, 8), FunctionRun.Integers(offsets, 3), FunctionRun.Integers(cached, 2),
            FunctionRun.Floats(keys, 2, Room, 1, 2), FunctionRun.Floats(values, 2, Room, 1, 2));

        AssertClose(actual[0], y);
        AssertClose(actual[1], allKeys);
        AssertClose(actual[2], allValues);
    }

    private static void ColumnSum()
    {
        float[] x = Random(21, 1);
        AssertClose(Run("ColumnSum", AttributeList.Empty, FunctionRun.Floats(x, 3, 7))[0],
            [.. Enumerable.Range(0, 7).Select(j => (double)x[j] + x[7 + j] + x[14 + j])]);
    }

    private static void GatherGrad()
    {
        float[] dy = Random(8, 1);
        long[] rows = [2, 0, 2, 2];
        double[] expected = new double[6];
        for (int i = 0; i < dy.Length; i++)
        {
            expected[(rows[i / 2] * 2) + (i % 2)] += dy[i];
        }

        AssertClose(Run("GatherGrad", AttributeList.Empty, FunctionRun.Floats(dy, 4, 2), FunctionRun.Integers(rows, 4),
            FunctionRun.Integers([3, 2], 2))[0], expected);
    }

    private static float[][] Run(string function, AttributeList attributes, params FunctionRun.Tensor[] inputs) =>
        FunctionRun.Outputs(function, attributes, Onnx.Float, inputs);

    private static void AssertClose(float[] actual, double[] expected, double tolerance = 3e-6) =>
        Assert.That(actual.Select(v => (double)v),
            Is.EqualTo(expected).Within(tolerance * Math.Max(1, expected.Max(Math.Abs))));

    // What is made without any rounding is the reference; a product of operands of 8 bits is off by 2^-8 of its terms,
    // and attention, feed-forward operators and their gradients are chains of two and three.
    private static double ToleranceOf(string precision) => precision.Length == 0 ? 3e-6 : 1.0 / 64;

    private static float[] Random(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    private static double[] Wide(float[] x) => [.. x.Select(v => (double)v)];

    private static float[] Narrow(double[] x) => [.. x.Select(v => (float)v)];
}
