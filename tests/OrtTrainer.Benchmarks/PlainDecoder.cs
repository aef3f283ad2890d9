using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Forward and backward pass of GPT-2 as a plain, padded graph: standard operators and bodies of functions in them, a
/// Gemm per layer, scores and probabilities of attention whole, logits of all tokens at once, and no dropout.
/// </summary>
internal static class PlainDecoder
{
    public const string Ids = "ids";
    public const string Targets = "targets";
    public const string Loss = "loss";
    public const string GradientSuffix = "_grad";
    public const string GainSuffix = ".gain";

    private const float Masked = -1e9f;
    private const float Epsilon = 1e-5f;

    /// <summary>The graph: <see cref="Ids"/> int64 [B * S], <see cref="Targets"/> int64 [B * S, 1] and parameters in;
    /// the mean <see cref="Loss"/> and a gradient per parameter out.</summary>
    public static byte[] Build(DecoderSize size)
    {
        GraphBuilder g = new("plain_decoder");
        long tokens = (long)size.BatchSize * size.Length;
        Value ids = g.Input(Ids, TensorType.Int64(tokens));
        Value targets = g.Input(Targets, TensorType.Int64(tokens, 1));
        List<Value> parameters = [];
        Value Parameter(string name, params long[] shape)
        {
            Value parameter = g.Input(name, new TensorType(ElementType.Float, Shape.Of(shape)));
            parameters.Add(parameter);
            return parameter;
        }

        Value Norm(string name, Value x) => g.LayerNorm(
            x, Parameter(name + GainSuffix, size.Width), Parameter(name + ".bias", size.Width), Epsilon);
        Value Layer(string name, long inputs, long outputs, Value x) => g.Gemm(
            x, Parameter(name + ".weight", outputs, inputs), Parameter(name + ".bias", outputs), transposeB: true);

        Value words = Parameter("words", size.Vocabulary, size.Width);
        Value positions = g.Constant([.. Enumerable.Range(0, (int)tokens).Select(i => (long)(i % size.Length))]);
        Value x = g.Add(
            g.Gather(words, ids), g.Gather(Parameter("positions", size.Length, size.Width), positions));
        Value mask = g.Initializer(TensorContent.Float("mask", [1, 1, size.Length, size.Length],
            [.. Enumerable.Range(0, size.Length * size.Length).Select(
                i => i % size.Length > i / size.Length ? Masked : 0)]));
        for (int layer = 0; layer < size.Layers; layer++)
        {
            string prefix = $"layer{layer}.";
            Value normed = Norm(prefix + "norm1", x);
            Value Heads(string name, params long[] order) => g.Transpose(
                g.Reshape(Layer(prefix + name, size.Width, size.Width, normed),
                    size.BatchSize, size.Length, size.Heads, size.Width / size.Heads), order);
            Value scores = g.Mul(
                g.MatMul(Heads("query", 0, 2, 1, 3), Heads("key", 0, 2, 3, 1)),
                g.Constant((float)(1 / Math.Sqrt((double)size.Width / size.Heads))));
            Value attended = g.MatMul(g.Softmax(g.Add(scores, mask), -1), Heads("value", 0, 2, 1, 3));
            Value joined = g.Reshape(g.Transpose(attended, 0, 2, 1, 3), tokens, size.Width);
            x = g.Add(x, Layer(prefix + "outer", size.Width, size.Width, joined));
            Value inner = Layer(prefix + "up", size.Width, 4 * size.Width, Norm(prefix + "norm2", x));
            x = g.Add(x, Layer(prefix + "down", 4 * size.Width, size.Width, g.GeluTanh(inner)));
        }

        Value logits = g.Gemm(Norm("norm", x), words, transposeB: true);
        Value own = g.Node(
            "GatherElements", [g.LogSoftmax(logits, -1), targets], AttributeList.Empty.With("axis", 1));
        Value loss = g.Neg(g.ReduceMean(own, [0, 1], keepAxes: false));
        IReadOnlyList<Value> gradients = Autodiff.Gradients(g, loss, parameters);
        g.Output(loss, Loss);
        foreach ((Value parameter, Value gradient) in parameters.Zip(gradients))
        {
            g.Output(gradient, parameter.Name + GradientSuffix);
        }

        return g.ToBytes();
    }
}
