using OrtTrainer.Graph.Operators.Contributed;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Graph.Operators.Standard;

namespace OrtTrainer.Graph.Operators;

/// <summary>Every operator the builder knows. A new operator is a class of its own and one line here.</summary>
public static class OperatorSet
{
    private static readonly Dictionary<(string Domain, string Type), Operator> ByName = new Operator[]
    {
        new Add(), new Sub(), new Mul(), new Div(), new Pow(), new Max(), new Min(), new Clip(),
        new Identity(), new Neg(), new Abs(), new Reciprocal(), new Exp(), new Log(), new Sqrt(), new Softplus(),
        new Erf(), new Tanh(), new Sigmoid(), new Relu(), new StandardGelu(), new Sin(), new Cos(), new Sign(),
        new Ceil(), new Floor(),
        new Gemm(), new MatMul(), new FusedMatMul(), new Softmax(), new LogSoftmax(), new LayerNormalization(),
        new Conv(), new ConvTranspose(), new MaxPool(), new GlobalAveragePool(), new BatchNormalization(),
        new ReduceSum(), new ReduceMean(), new ReduceMax(), new ReduceMin(), new ReduceProd(),
        new Reshape(), new Flatten(), new Transpose(), new Unsqueeze(), new Squeeze(), new Expand(), new Tile(),
        new ShapeOf(), new SizeOf(), new Gather(), new GatherElements(), new GatherND(), new ScatterElements(),
        new Concat(), new Split(),
        new Slice(), new Pad(), new Where(), new Cast(), new Trilu(),
        new Equal(), new Greater(), new GreaterOrEqual(), new Less(), new LessOrEqual(), new And(), new Or(), new Not(),
        new IsNaN(), new ConstantOfShape(), new Standard.Range(), new CumSum(), new NonZero(),
        new MultiHeadAttention(), new RotaryEmbedding(), new InPlaceAccumulatorV2(),
        new Fused.Dropout(), new Gelu(), new GeluGrad(), new GeluTanh(), new GeluTanhGrad(),
        new LayerNorm(), new RmsNorm(), new RmsNormGrad(),
        new DropoutAddLayerNorm(), new DropoutAddLayerNormGrad(),
        new EmbeddingNormGrad(), new ColumnSum(), new GatherGrad(), new After(),
        new PackedCrossAttention(), new PackedCrossAttentionGrad(),
        new PackedLogSoftmax(), new PackedLogSoftmaxGrad(), new Rotary(), new CachedAttention(),
        new SoftmaxCrossEntropy(), new SoftmaxCrossEntropyGrad(), new IdCrossEntropy(), new IdCrossEntropyGrad(),
        new DisentangledAttention(), new DisentangledAttentionGrad(),
    }
        .Concat(Enumerable.Range(1, FusedOperations.MostEmbeddings).Select(tables => new EmbeddingNorm(tables)))
        .Concat(WithResidual(new LayerNormGrad()))
        .Concat(ProductPrecision.All.SelectMany(OfProducts))
        .ToDictionary(op => (op.Domain, op.Type));

    /// <summary>All operators, standard and fused.</summary>
    public static IReadOnlyCollection<Operator> All => ByName.Values;

    /// <summary>Operators that are made of products.</summary>
    private static IEnumerable<Operator> OfProducts(ProductPrecision precision) =>
    [
        .. WithBranch(new Linear(precision, hasBias: true)), .. WithBranch(new Linear(precision, hasBias: false)),
        .. WithResidual(new LinearGrad(precision, hasBias: true)),
        .. WithResidual(new LinearGrad(precision, hasBias: false)),
        .. WithResidual(new LinearInputGrad(precision)), new LinearWeightGrad(precision),
        new LinearCrossEntropy(precision, hasBias: true), new LinearCrossEntropy(precision, hasBias: false),
        new LinearCrossEntropy(precision, hasBias: true, isFrozen: true),
        new LinearCrossEntropy(precision, hasBias: false, isFrozen: true),
        new FeedForward(precision, "Gelu"), .. WithResidual(new FeedForwardGrad(precision, "Gelu")),
        new FeedForward(precision, "GeluTanh"), .. WithResidual(new FeedForwardGrad(precision, "GeluTanh")),
        .. Enum.GetValues<GateActivation>().SelectMany(
            activation => WithBranch(new GatedFeedForward(precision, activation))
                .Concat(WithResidual(new GatedFeedForwardGrad(precision, activation)))),
        new PackedAttention(precision), new PackedAttentionGrad(precision),
        new PackedBiasedAttention(precision), new PackedBiasedAttentionGrad(precision),
        new PackedSharedAttention(precision), new PackedSharedAttentionGrad(precision),
    ];

    /// <summary>A gradient, and its form that takes in what other uses gave.</summary>
    private static IEnumerable<Operator> WithResidual(FusedOperator op) => [op, new Residual(op)];

    /// <summary>A layer, and its form with the residual branch around it.</summary>
    private static IEnumerable<Operator> WithBranch<TLayer>(TLayer layer)
        where TLayer : FusedOperator, IGradientRule => [layer, ResidualLayer.Of(layer)];

    /// <summary>The operator called <paramref name="type"/> in <paramref name="domain"/>.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public static Operator Get(string domain, string type) => Find(domain, type)
        ?? throw new GraphException(
            $"The operator '{(domain.Length == 0 ? type : $"{domain}.{type}")}' is not known here.");

    /// <summary>The operator called <paramref name="type"/> in <paramref name="domain"/>; null where there is
    /// none.</summary>
    internal static Operator? Find(string domain, string type) => ByName.GetValueOrDefault((domain, type));
}
