using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Losses made of -log p, p the softmax of rows z = s · x, x [R, K] and s a number: -log p is log Σ e^(z - top) less
/// z - top. Of each row the largest z and the logarithm, [R], are kept for the gradient, apart, so that large numbers
/// cost small ones no digits.
/// </summary>
internal abstract class CrossEntropyOperator : FusedOperator, IGradientRule
{
    /// <summary>Statements that make <c>surprise</c> = -log p and what is kept, of <c>x</c> and <c>scale</c>.</summary>
    internal const string Surprise = """
        z = Mul(x, scale)
        highest = ReduceMax<keepdims = 1>(z, [1])
        below = Sub(z, highest)
        logarithm = Log(ReduceSum<keepdims = 1>(Exp(below), [1]))
        surprise = Sub(logarithm, below)
        top = Squeeze(highest, [1])
        logsum = Squeeze(logarithm, [1])
        """;

    /// <summary>Statements that make p again, and what a row's gradient is multiplied with.</summary>
    internal const string Again = """
        p = Exp(Sub(Sub(Mul(x, scale), Unsqueeze(top, [1])), Unsqueeze(logsum, [1])))
        factor = Mul(Unsqueeze(dloss, [1]), scale)
        """;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        InferenceContext.Require(x.Rank == 2, $"x must be [R, K], not {x}");
        RequireTargets(context, x);
        for (int i = 2; i < context.Inputs.Count; i++)
        {
            InferenceContext.Require(context.Shape(i).Rank == 0, $"input {i} must be a number, not {context.Shape(i)}");
        }

        TensorType rows = context.Type(0).WithShape(new(x[0]));
        return [rows, rows, rows];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        Value[] inputs = [.. Enumerable.Range(0, context.InputCount).Select(context.In)];
        Value?[] gradients = new Value?[inputs.Length];
        gradients[0] = context.Builder.NodeOutputs(
            Domain, Type + "Grad", [context.Dy, .. inputs, context.Out(1), context.Out(2)])[0];
        for (int i = 1; i < inputs.Length; i++)
        {
            if (context.Needs(i))
            {
                throw new GraphException(
                    $"{Type} has a gradient in its first input alone, not in {inputs[i]} of '{context.NodeName}'.");
            }
        }

        return gradients;
    }

    /// <exception cref="GraphException">The second input does not fit x.</exception>
    protected abstract void RequireTargets(InferenceContext context, Shape x);
}

/// <summary>
/// The cross-entropy with targets t [R, K], in one pass: loss [R] = -Σ t log softmax(s x). Rows of targets may add up
/// to any number; those of zeros have a loss of 0.
/// </summary>
internal sealed class SoftmaxCrossEntropy : CrossEntropyOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "SoftmaxCrossEntropy(x, targets, scale) => loss, top, logsum",
        $"""
        {Surprise}
        loss = ReduceSum<keepdims = 0>(Mul(targets, surprise), [1])
        """);

    protected override void RequireTargets(InferenceContext context, Shape x) => InferenceContext.Require(
        context.Shape(1).Equals(x), $"targets must be {x}, not {context.Shape(1)}");
}

/// <summary>dx = dloss · s (Σ t · p - t).</summary>
internal sealed class SoftmaxCrossEntropyGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "SoftmaxCrossEntropyGrad(dloss, x, targets, scale, top, logsum) => dx",
        $"""
        {CrossEntropyOperator.Again}
        mass = ReduceSum<keepdims = 1>(targets, [1])
        dx = Mul(factor, Sub(Mul(mass, p), targets))
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1)];
}

/// <summary>
/// The cross-entropy with smoothed labels that are ids, y [R, 1], in one pass: loss [R] = -a log p_y - b Σ log p_k, p =
/// softmax(s x); a and b are numbers. It takes no table of targets, which is as large as x.
/// </summary>
internal sealed class IdCrossEntropy : CrossEntropyOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "IdCrossEntropy(x, ids, scale, label, all) => loss, top, logsum",
        $"""
        {Surprise}
        own = Squeeze(GatherElements<axis = 1>(surprise, ids), [1])
        loss = Add(Mul(label, own), Mul(all, ReduceSum<keepdims = 0>(surprise, [1])))
        """);

    protected override void RequireTargets(InferenceContext context, Shape x) => InferenceContext.Require(
        context.Shape(1).Equals(new(x[0], 1)), $"ids must be [{x[0]}, 1], not {context.Shape(1)}");
}

/// <summary>dx = dloss · s ((a + K b) p - b), and at y less a.</summary>
internal sealed class IdCrossEntropyGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "IdCrossEntropyGrad(dloss, x, ids, scale, label, all, top, logsum) => dx",
        $"""
        {CrossEntropyOperator.Again}
        classes = Gather(Shape(x), 1)
        own = Mul(label, Cast<to = 1>(Equal(ids, Unsqueeze(Range(0, classes, 1), [0]))))
        mass = Add(label, Mul(all, Cast<to = 1>(classes)))
        dx = Mul(factor, Sub(Sub(Mul(mass, p), own), all))
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1)];
}
