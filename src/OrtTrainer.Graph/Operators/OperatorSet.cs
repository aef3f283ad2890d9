using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Graph.Operators.Standard;

namespace OrtTrainer.Graph.Operators;

/// <summary>Every operator the builder knows. A new operator is a class of its own and one line here.</summary>
public static class OperatorSet
{
    private static readonly Dictionary<(string Domain, string Type), Operator> ByName = new Operator[]
    {
        new Add(), new Sub(), new Mul(), new Div(), new Gemm(), new MatMul(), new FusedMatMul(),
        new Neg(), new Exp(), new Log(), new Sqrt(), new Tanh(), new Sigmoid(), new Relu(), new Erf(), new Softplus(),
        new Softmax(), new LogSoftmax(), new ReduceSum(), new ReduceMean(), new ReduceProd(), new LayerNormalization(),
        new Identity(), new Reshape(), new Transpose(), new Gather(), new Concat(), new Slice(), new Unsqueeze(), new Squeeze(),
        new Cast(), new Where(), new Expand(), new ShapeOf(), new Equal(), new GreaterOrEqual(), new ConstantOfShape(),
        new CumSum(),
        new Fused.Dropout(), new Gelu(), new GeluGrad(), new GeluTanh(), new GeluTanhGrad(),
        new LayerNorm(), new LayerNormGrad(), new DropoutAddLayerNorm(), new DropoutAddLayerNormGrad(),
        new ColumnSum(), new GatherGrad(), new PackedAttention(), new PackedAttentionGrad(),
    }.ToDictionary(op => (op.Domain, op.Type));

    /// <summary>All operators, standard and fused.</summary>
    public static IReadOnlyCollection<Operator> All => ByName.Values;

    /// <summary>The operator called <paramref name="type"/> in <paramref name="domain"/>.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public static Operator Get(string domain, string type) =>
        ByName.TryGetValue((domain, type), out Operator? op)
            ? op
            : throw new GraphException($"The operator '{(domain.Length == 0 ? type : $"{domain}.{type}")}' is not known here.");
}
