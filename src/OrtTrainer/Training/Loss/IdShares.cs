using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// A cross-entropy with ids of classes as its operators take it: label · -log p_y + all · Σ -log p_k + offset, p =
/// softmax(scale · z). All are float scalars.
/// </summary>
/// <param name="Scale">What logits are multiplied with.</param>
/// <param name="Label">The share of a row's class.</param>
/// <param name="All">The share of every class.</param>
/// <param name="Offset">Added to each row; null for nothing.</param>
internal readonly record struct IdShares(Value Scale, Value Label, Value All, Value? Offset = null)
{
    /// <summary>That of the label alone.</summary>
    public static IdShares OfLabel(LossGraph g) =>
        new(g.Builder.Constant(1f), g.Builder.Constant(1f), g.Builder.Constant(0f));

    /// <summary>The loss of each row of the logits, [R].</summary>
    public Value Rows(LossGraph g)
    {
        Value loss = g.Builder.IdCrossEntropy(g.Logits, g.LabelIds, Scale, Label, All);
        return Offset is null ? loss : g.Builder.Add(Offset, loss);
    }

    /// <summary>The rows' weighted sum, made with the layer of the logits, a number.</summary>
    /// <param name="g">The logits' graph; nothing of it depends on the logits themselves then.</param>
    /// <param name="layer">What makes the logits.</param>
    /// <param name="weights">What each row counts, [R].</param>
    public Value Total(LossGraph g, LinearLayer layer, Value weights)
    {
        GraphBuilder b = g.Builder;
        bool isFrozen = g.Frozen.Contains(layer.W) && (layer.B is null || g.Frozen.Contains(layer.B));
        Value loss = b.LinearCrossEntropy(layer, g.LabelIds, weights, Scale, Label, All, isFrozen);
        return Offset is null ? loss : b.Add(b.Mul(Offset, b.ReduceSum(weights, [0], keepAxes: false)), loss);
    }
}
