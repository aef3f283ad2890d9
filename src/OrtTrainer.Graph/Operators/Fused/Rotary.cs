using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Rotary positions (Su et al., 2021): in each of the first <c>heads</c> heads of a row, elements i and i + D/2 are
/// turned as a point of the plane by the angle position · frequency i; x [T, C], positions [T], frequencies [D/2]. The
/// direction is 1, or -1 for the way back, which is the gradient: a rotation's transpose is its inverse.
/// </summary>
internal sealed class Rotary : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "Rotary(x, positions, frequencies; int heads, float direction) => y",
        """
        angle = Mul(Unsqueeze(Cast<to = 1>(positions), [1]), frequencies)
        cos = Unsqueeze(Cos(angle), [1])
        sin = Mul(Unsqueeze(Sin(angle), [1]), @direction)
        half = Shape(frequencies)
        width = Mul(half, Reshape(Mul(@heads, 2), [1]))
        rows = Slice(Shape(x), [0], [1], [0])
        turning = Reshape(Slice(x, [0], width, [1]), Concat<axis = 0>(rows, Reshape(@heads, [1]), Mul(half, 2)))
        a = Slice(turning, [0], half, [2])
        b = Slice(turning, half, [2147483647], [2])
        turned = Concat<axis = 2>(Sub(Mul(a, cos), Mul(b, sin)), Add(Mul(b, cos), Mul(a, sin)))
        y = Concat<axis = 1>(Reshape(turned, Concat<axis = 0>(rows, width)), Slice(x, width, [2147483647], [1]))
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape x, Shape frequencies) = (context.Shape(0), context.Shape(2));
        long heads = context.Attributes.Int("heads");
        InferenceContext.Require(x.Rank == 2 && context.Shape(1).Equals(new(x[0])),
            $"x must be [T, C] and positions [T], not {x} and {context.Shape(1)}");
        InferenceContext.Require(
            frequencies.Rank == 1 && frequencies[0].IsFixed && x[1].IsFixed && heads >= 1
                && 2 * heads * frequencies[0].Size <= x[1].Size,
            $"{heads} heads of twice {frequencies} columns must be among those of {x}");
        return [context.Type(0)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
    [
        context.Builder.NodeOutputs(Domain, "Rotary", [context.Dy, context.In(1), context.In(2)],
            context.Attributes.With("direction", -context.Attributes.Float("direction")))[0],
        null,
        null,
    ];
}
