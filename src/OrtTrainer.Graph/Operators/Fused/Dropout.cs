using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Counter-based dropout: y = x · mask(i), where the mask of element i is a hash of the step's key, the site and i. The
/// mask needs no storage: the gradient is the same operator on dy.
/// </summary>
internal sealed class Dropout : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "Dropout(x, key; float p, int site) => y",
        """
        index = Reshape(Range(0, Size(x), 1), Shape(x))
        y = Mul(x, DropoutMask<p = @p, site = @site>(index, key))
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.Add(this, [context.Dy, context.In(1)], context.Attributes)[0], null];
}
