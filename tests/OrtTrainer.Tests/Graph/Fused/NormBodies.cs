using OrtTrainer.Graph;
using static OrtTrainer.Tests.Graph.Fused.BodyRun;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>The values of function bodies of activations, dropout, norms and embeddings.</summary>
internal static class NormBodies
{
    /// <summary>A check by function.</summary>
    public static IReadOnlyDictionary<string, Action> Checks { get; } = new Dictionary<string, Action>
    {
        ["After"] = After,
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
    };

    private static void After()
    {
        float[] x = Draw(15, 1);
        Assert.That(
            Run("After", AttributeList.Empty, FunctionRun.Floats(x, 5, 3), FunctionRun.Floats([1, 2], 2))[0],
            Is.EqualTo(x));
    }

    private static void Dropout()
    {
        float[] x = Draw(35, 1);
        AssertClose(Run("Dropout", Masking, FunctionRun.Floats(x, 5, 7), KeyInput)[0],
            Reference.Dropout(Wide(x), Key32, P, (uint)Site));
    }

    private static void Pointwise(string op, string gradientOp, Func<double, double> f, bool gradient)
    {
        float[] x = [.. Draw(61, 2).Select(v => 4 * v)];
        float[] dy = Draw(61, 3);
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
        (float[] x, float[] gamma) = (Draw(21, 1), Draw(7, 2));
        float[][] outputs = Run("RmsNorm", AttributeList.Empty.With("epsilon", 1e-3f),
            FunctionRun.Floats(x, 3, 7), FunctionRun.Floats(gamma, 7));
        (double[] y, double[] invrms) = Reference.RmsNorm(Wide(x), Wide(gamma), 1e-3f);
        AssertClose(outputs[0], y);
        AssertClose(outputs[1], invrms);
    }

    private static void RmsNormGrad()
    {
        (float[] x, float[] gamma, float[] dy) = (Draw(21, 1), Draw(7, 2), Draw(21, 4));
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
        (float[] x, float[] gamma, float[] beta) = (Draw(21, 1), Draw(7, 2), Draw(7, 3));
        float[][] outputs = Run("LayerNorm", AttributeList.Empty.With("epsilon", 1e-3f),
            FunctionRun.Floats(x, 3, 7), FunctionRun.Floats(gamma, 7), FunctionRun.Floats(beta, 7));
        (double[] y, double[] mean, double[] invstd) = Reference.LayerNorm(Wide(x), Wide(gamma), Wide(beta), 1e-3f);
        AssertClose(outputs[0], y);
        AssertClose(outputs[1], mean);
        AssertClose(outputs[2], invstd);
    }

    private static void LayerNormGrad()
    {
        (float[] x, float[] gamma) = (Draw(21, 1), Draw(7, 2));
        (float[] beta, float[] dy) = (Draw(7, 3), Draw(21, 4));
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
        (float[] x, float[] residual) = (Draw(21, 1), Draw(21, 5));
        (float[] gamma, float[] beta) = (Draw(7, 2), Draw(7, 3));
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
        (float[] z, float[] gamma) = (Draw(21, 1), Draw(7, 2));
        (float[] beta, float[] dy) = (Draw(7, 3), Draw(21, 4));
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
        float[] gamma = Draw(Width, 2), beta = Draw(Width, 3);
        float[][] rows = [.. Enumerable.Range(0, tables).Select(i => Draw((i + 2) * Width, 5 + i))];
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
        (float[] z, float[] gamma) = (Draw(21, 1), Draw(7, 2));
        (float[] beta, float[] dy) = (Draw(7, 3), Draw(21, 4));
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
}
