namespace OrtTrainer.Graph.Operators;

/// <summary>
/// What the builder and the autodiff know of one ONNX operator: how output types follow from inputs, and its gradient rule.
/// One class per operator, listed in <see cref="OperatorSet"/>.
/// </summary>
public abstract class Operator
{
    /// <summary>The operator's name in ONNX, such as <c>Gemm</c>.</summary>
    public abstract string Type { get; }

    /// <summary>The operator's domain; empty is ONNX's own.</summary>
    public virtual string Domain => "";

    /// <summary>The first version of ONNX's operator set in which the operator has the form used here.</summary>
    internal virtual int MinimumOpset => 13;

    /// <summary>The types of the outputs, all of them, in order.</summary>
    /// <exception cref="GraphException">The inputs do not fit; the message says how.</exception>
    internal abstract IReadOnlyList<TensorType> Infer(InferenceContext context);

    /// <summary>The integers the node computes when they are known while building, which shape inference reads; else null.</summary>
    internal virtual long[]? FoldIntegers(Node node) => null;

    /// <summary>
    /// The gradient of the loss in each input, given those in the outputs; null for inputs that have none (indices, masks).
    /// Each gradient has the shape of its input.
    /// </summary>
    /// <exception cref="GraphException">The operator has no gradient rule.</exception>
    internal virtual IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        throw new GraphException($"The operator {Type} has no gradient rule, but the loss depends on it through node " +
            $"'{context.NodeName}'. Freeze what is below it, or replace it by operators that have one.");
}
