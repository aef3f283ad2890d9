using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// An operator with one more input, r, that is added to its first output: on the way back what other uses of a value
/// gave to its gradient, which a kernel adds while its own share lies in a cache.
/// </summary>
/// <param name="op">Has no attributes, and a first output of the type of r.</param>
internal class Residual(FusedOperator op) : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"{Named(op.Type)}({List(op.Function.Inputs)}, r) => {List(op.Function.Outputs)}",
        $"""
        {List(["alone", .. op.Function.Outputs.Skip(1)])} = {op.Type}({List(op.Function.Inputs)})
        {op.Function.Outputs[0]} = Add(alone, r)
        """);

    /// <summary>The name of an operator with a residual.</summary>
    public static string Named(string type) => "Residual" + type;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        IReadOnlyList<TensorType> types = op.Infer(context);
        Shape r = context.Shape(op.Function.Inputs.Count);
        InferenceContext.Require(r.Fits(types[0].Shape), $"r must be {types[0].Shape}, not {r}");
        return types;
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names);
}

/// <summary>A layer with the residual branch around it: r has the gradient of the output.</summary>
/// <param name="layer">The operator.</param>
/// <param name="rule">The same.</param>
internal sealed class ResidualLayer(FusedOperator layer, IGradientRule rule) : Residual(layer), IGradientRule
{
    /// <summary>Of an operator with a gradient.</summary>
    public static ResidualLayer Of<TLayer>(TLayer layer)
        where TLayer : FusedOperator, IGradientRule => new(layer, layer);

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [.. rule.Differentiate(context), context.Dy];
}
