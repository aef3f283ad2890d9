namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>y = aᵇ. The exponent may have another type than the base.</summary>
internal sealed class Pow : Operator, IGradientRule
{
    public override string Type => "Pow";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(0).WithShape(Broadcasting.Combine(context.Shape(0), context.Shape(1)))];

    /// <summary>da = dy b aᵇ⁻¹; db = dy y log(a), which exists for positive bases only.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        (Value a, Value dy) = (context.In(0), context.Dy);
        Value b = context.In(1).Type.Element == a.Type.Element ? context.In(1) : g.Cast(context.In(1), a.Type.Element);
        Value? da = context.Needs(0)
            ? g.ReduceTo(g.Mul(dy, g.Mul(b, g.Node("Pow", [a, g.Sub(b, g.ConstantLike(1, a))]))), a.Shape)
            : null;
        Value? db = context.Needs(1)
            ? g.Cast(g.ReduceTo(g.Mul(g.Mul(dy, context.Out(0)), g.Log(a)), b.Shape), context.In(1).Type.Element)
            : null;
        return [da, db];
    }
}
