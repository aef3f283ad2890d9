namespace OrtTrainer.Graph.Operators.Contributed;

/// <summary>
/// Rotary positions of x [B, S, A], the heads side by side: elements i and i + D/2 of a head are turned by an angle
/// whose cosine and sine are in row first + s of two tables [P, D/2]; first, [1], is the position of the first token.
/// </summary>
internal sealed class RotaryEmbedding : ContributedOperator
{
    public override string Type => "RotaryEmbedding";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(
            context.Shape(0).Rank == 3 && context.Shape(2).Rank == 2 && context.Shape(3).Rank == 2,
            "x must be [B, S, A], cosines and sines [P, D/2]");
        return [context.Type(0)];
    }
}
