namespace OrtTrainer.Graph.Operators;

/// <summary>
/// What the builder and the autodiff know of one ONNX operator: how output types follow from inputs, and its gradient
/// rule. One class per operator, listed in <see cref="OperatorSet"/>.
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

    /// <summary>
    /// The integers of the first output as far as they are known while building, which shape inference reads; null
    /// where the output is no short list of integers or nothing is known of it.
    /// </summary>
    internal virtual IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) => null;

    /// <summary>Whether the operator can be differentiated.</summary>
    public bool HasGradientRule => this is IGradientRule;
}
