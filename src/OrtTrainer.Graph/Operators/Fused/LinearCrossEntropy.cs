using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The layer that makes logits and their cross-entropy with ids in one: a kernel has never more than a block of the
/// logits, which are the largest matrix of a model over a vocabulary (as in Hsu et al., 2024, arXiv:2410.10989). x
/// [R, H], w [V, H], b [V], ids y [R, 1], weights c [R], and numbers s, a and b: with p = softmax(s (x wᵀ + b)), loss =
/// Σ c (-a log p_y - b Σ log p_k), a number. As each row weighs what it weighs whatever the loss is, its gradients are
/// made while the block of logits is there, not from logits that are made a second time.
/// </summary>
/// <param name="precision">Of the operands of products; the gradient of logits is one.</param>
/// <param name="hasBias">Whether there is a b.</param>
/// <param name="isFrozen">Whether the layer stays as it is: of the gradients, that of x alone is made then.</param>
internal sealed class LinearCrossEntropy(ProductPrecision precision, bool hasBias, bool isFrozen = false)
    : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"{Name(hasBias, isFrozen)}{Operands.Suffix(precision)}("
            + $"input, w, {(hasBias ? "b, " : "")}ids, weights, scale, label, all) => "
            + $"loss, dx{(isFrozen ? "" : $", dw{(hasBias ? ", db" : "")}")}",
        $"""
        left = {Operands.Named(precision, "input")}
        right = {Operands.Named(precision, "w")}
        x = {Operands.Wide(precision, $"Gemm<transB = 1>(left, right{Bias(precision, hasBias)})")}
        {CrossEntropyOperator.Surprise}
        own = Squeeze(GatherElements<axis = 1>(surprise, ids), [1])
        rows = Add(Mul(label, own), Mul(all, ReduceSum<keepdims = 0>(surprise, [1])))
        loss = ReduceSum<keepdims = 0>(Mul(weights, rows), [0])
        classes = Gather(Shape(x), 1)
        target = Mul(label, Cast<to = 1>(Equal(ids, Unsqueeze(Range(0, classes, 1), [0]))))
        mass = Add(label, Mul(all, Cast<to = 1>(classes)))
        factor = Mul(Unsqueeze(weights, [1]), scale)
        dz = Mul(factor, Sub(Sub(Mul(mass, Exp(Neg(surprise))), target), all))
        change = {Operands.Named(precision, "dz")}
        dx = {Operands.Wide(precision, "Gemm(change, right)")}
        {(isFrozen ? "" : $"dw = {Operands.Wide(precision, "Gemm<transA = 1>(change, left)")}")}
        {(hasBias && !isFrozen ? "db = ReduceSum<keepdims = 0>(dz, [0])" : "")}
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape x, Shape w) = (context.Shape(0), context.Shape(1));
        InferenceContext.Require(x.Rank == 2 && w.Rank == 2 && x[1].Fits(w[1]),
            $"x must be [R, H] and w [V, H], not {x} and {w}");
        InferenceContext.Require(!hasBias || context.Shape(2).Equals(new(w[0])), $"b must be [{w[0]}]");
        int first = hasBias ? 3 : 2;
        InferenceContext.Require(
            context.Shape(first).Equals(new(x[0], 1)) && context.Shape(first + 1).Equals(new(x[0])),
            $"ids must be [{x[0]}, 1] and weights [{x[0]}], not {context.Shape(first)} and {context.Shape(first + 1)}");
        for (int i = first + 2; i < context.Inputs.Count; i++)
        {
            InferenceContext.Require(context.Shape(i).Rank == 0, $"input {i} must be a number, not {context.Shape(i)}");
        }

        TensorType number = context.Type(0).WithShape(new());
        return isFrozen ? [number, context.Type(0)]
            : hasBias ? [number, context.Type(0), context.Type(1), context.Type(2)]
            : [number, context.Type(0), context.Type(1)];
    }

    /// <summary>What the operator made already, unless the loss is a part of another with a factor.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        GraphBuilder g = context.Builder;
        bool isAlone = context.Dy == g.ConstantLike(1, context.Out(0));
        int layer = isFrozen ? 1 : hasBias ? 3 : 2;
        Value?[] gradients = new Value?[context.InputCount];
        for (int i = 0; i < gradients.Length; i++)
        {
            if (i >= layer && context.Needs(i))
            {
                throw new GraphException(
                    $"{Type} has gradients in {(isFrozen ? "x" : "its layer")} alone, not in {context.In(i)} of "
                    + $"'{context.NodeName}'.");
            }

            if (i < layer && context.Needs(i))
            {
                gradients[i] = isAlone ? context.Out(i + 1) : g.Mul(context.Dy, context.Out(i + 1));
            }
        }

        return gradients;
    }

    private static string Bias(ProductPrecision precision, bool hasBias) =>
        hasBias ? $", {Operands.Added(precision, "b")}" : "";

    /// <summary>The operator's type in float32.</summary>
    public static string Name(bool hasBias, bool isFrozen = false) =>
        $"{(isFrozen ? "Frozen" : "")}LinearCrossEntropy{(hasBias ? "" : "WithoutBias")}";
}
