using OrtTrainer.Graph;

namespace OrtTrainer.Models;

/// <summary>
/// Builds the exported model: standard operators of opset 17 only, inputs [B, S] named as Hugging Face's tools name
/// them, the weights stored in the file. No dropout.
/// </summary>
public sealed class PaddedModelBuilder : ModelBuilder
{
    private readonly Func<ParameterSpec, float[]> _weights;
    private readonly Value _mask;
    private Value? _tokenTypeIds;
    private Value? _attentionBias;

    /// <param name="graph">The graph to add to.</param>
    /// <param name="hasTokenTypes">Whether segment ids are an input; otherwise they are 0.</param>
    /// <param name="weights">The values of a parameter, row-major.</param>
    public PaddedModelBuilder(GraphBuilder graph, bool hasTokenTypes, Func<ParameterSpec, float[]> weights)
        : base(graph)
    {
        _weights = weights;
        InputIds = graph.Input(PaddedInputs.InputIds, TensorType.Int64("batch_size", "sequence_length"));
        _mask = graph.Input(PaddedInputs.AttentionMask, TensorType.Int64("batch_size", "sequence_length"));
        if (hasTokenTypes)
        {
            _tokenTypeIds = graph.Input(PaddedInputs.TokenTypeIds, TensorType.Int64("batch_size", "sequence_length"));
        }
    }

    public override Value InputIds { get; }

    public override Value TokenTypeIds => _tokenTypeIds ??= Graph.Mul(_mask, Graph.Constant(0L));

    /// <summary>
    /// 0, 1, … for BERT; the count of tokens so far for models whose padding has a position of its own.
    /// </summary>
    public override Value PositionIds(long first)
    {
        Value one = Graph.Constant(1L);
        if (first == 0)
        {
            Value ones = Graph.Add(Graph.Mul(_mask, Graph.Constant(0L)), one);
            return Graph.Sub(Graph.Node("CumSum", [ones, one]), one);
        }

        Value counted = Graph.Mul(Graph.Node("CumSum", [_mask, one]), _mask);
        return Graph.Add(counted, Graph.Constant(first - 1));
    }

    public override Value Embedding(string name, long rows, long width, Value ids) =>
        Graph.Gather(Stored(Weight(name, rows, width)), ids);

    public override Value Linear(string name, long inputs, long outputs, Value x)
    {
        float[] weight = _weights(Weight(name, outputs, inputs));
        float[] transposed = new float[weight.Length];
        for (long o = 0; o < outputs; o++)
        {
            for (long i = 0; i < inputs; i++)
            {
                transposed[i * outputs + o] = weight[o * inputs + i];
            }
        }

        Value stored = Graph.Initializer(
            TensorContent.Float(name + ".weight.transposed", [inputs, outputs], transposed));
        return Graph.Add(Graph.MatMul(x, stored), Stored(Bias(name, outputs)));
    }

    public override Value LayerNorm(string name, long width, float epsilon, Value x) =>
        Graph.Node("LayerNormalization", [x, Stored(Gain(name, width)), Stored(Bias(name, width))],
            AttributeList.Empty.With("axis", -1).With("epsilon", epsilon));

    public override Value DropoutAddLayerNorm(
        string name, long width, float epsilon, float p, Value x, Value residual) =>
        LayerNorm(name, width, epsilon, Graph.Add(residual, x));

    public override Value Dropout(float p, Value x) => x;

    public override Value SelfAttention(
        string query, string key, string value, long width, long heads, float p, Value x)
    {
        Value q = ToHeads(Linear(query, width, width, x), width, heads);
        Value k = ToHeads(Linear(key, width, width, x), width, heads);
        Value v = ToHeads(Linear(value, width, width, x), width, heads);
        Value scale = Graph.Constant((float)(1 / Math.Sqrt(width / (double)heads)));
        Value scores = Graph.Mul(Graph.MatMul(q, Graph.Transpose(k, 0, 1, 3, 2)), scale);
        Value weights = Graph.Softmax(Graph.Add(scores, AttentionBias()), -1);
        Value merged = Graph.Transpose(Graph.MatMul(weights, v), 0, 2, 1, 3);
        return Graph.WithShape(Graph.Reshape(merged, 0, 0, width), x.Shape);
    }

    public override Value FirstToken(Value x) => Graph.Gather(x, Graph.Constant(0L), axis: 1);

    /// <summary>
    /// x · (erf(x / √2) + 1) · 0.5, in the steps of PyTorch's exports: ONNX Runtime runs them, bias included, as one.
    /// </summary>
    protected override Value Gelu(Value x)
    {
        Value inner = Graph.Node("Erf", [Graph.Div(x, Graph.Constant(1.41421356237309505f))]);
        return Graph.Mul(Graph.Mul(x, Graph.Add(inner, Graph.Constant(1f))), Graph.Constant(0.5f));
    }

    protected override Value GeluTanh(Value x)
    {
        Value cubic = Graph.Add(Graph.Mul(Graph.Mul(x, x), Graph.Constant(0.044715f)), Graph.Constant(1f));
        Value inner = Graph.Mul(Graph.Mul(x, cubic), Graph.Constant(0.7978845608028654f));
        return Graph.Mul(Graph.Mul(x, Graph.Add(Graph.Tanh(inner), Graph.Constant(1f))), Graph.Constant(0.5f));
    }

    private Value ToHeads(Value x, long width, long heads)
    {
        Shape shape = new(x.Shape[0], x.Shape[1], heads, width / heads);
        Value split = Graph.WithShape(Graph.Reshape(x, 0, 0, heads, width / heads), shape);
        return Graph.Transpose(split, 0, 2, 1, 3);
    }

    /// <summary>
    /// 0 for tokens, -1e30 for padding, [B, 1, 1, S]; not minus infinity, so that a row of padding only stays finite.
    /// </summary>
    private Value AttentionBias() => _attentionBias ??= Graph.Unsqueeze(
        Graph.Where(Graph.Cast(_mask, ElementType.Bool), Graph.Constant(0f), Graph.Constant(-1e30f)), 1, 2);

    private Value Stored(ParameterSpec spec) =>
        Graph.Initializer(TensorContent.Float(spec.Name, [.. spec.Shape], _weights(spec)));
}
