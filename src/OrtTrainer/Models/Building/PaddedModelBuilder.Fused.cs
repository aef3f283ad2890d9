using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>
/// Attention as one operator of ONNX Runtime's own. What else it fuses, such as a residual branch with the norm behind
/// it, or GELU with the bias before it, it finds in the standard operators by itself.
/// </content>
internal sealed partial class PaddedModelBuilder
{
    private Value FusedSelfAttention(
        QueryKeyValue layers, ModelShape shape, AttentionMask mask, Value x, TokenDistances distances)
    {
        Value Made(LinearName name) => Linear(name, shape.Width, shape.AttentionWidth, x);
        (Value q, Value k, Value v) = (Made(layers.Query), Made(layers.Key), Made(layers.Value));
        if (distances.RotaryBase is not null)
        {
            (q, k) = (FusedTurned(q, shape, distances), FusedTurned(k, shape, distances));
        }

        // A window is no input of the operator, so that it is added to scores, with what hides padding in it.
        Value? added = distances.Window is null ? null : AttentionBias(AttentionMask.Bidirectional, distances.Window);
        if (distances.Bias is { } bias)
        {
            Value relative = Relative(bias, shape);
            added = added is null ? relative : Graph.Add(added, relative);
        }

        return MultiHeadAttention(q, k, v, mask, added, ScoreScale(shape), shape.Heads);
    }

    /// <summary>softmax(scale · q kᵀ + added) v of the tokens that are seen, by heads, [B, S, A].</summary>
    private Value MultiHeadAttention(
        Value q, Value k, Value v, AttentionMask mask, Value? added, float scale, int heads)
    {
        // All tokens of images see one another, and no row is padded.
        Value? padding = _mask is null ? null : Once("fused_mask", () => Graph.Cast(Mask, ElementType.Int32));
        return Graph.MultiHeadAttention(q, k, v, padding, added, heads, scale, Hidden, mask);
    }

    /// <summary>Queries or keys [B, S, A] turned by their positions.</summary>
    private Value FusedTurned(Value x, ModelShape shape, TokenDistances distances)
    {
        Value frequencies = Frequencies(distances, shape);
        Value angle = Once(frequencies.Name + "_angles", () => Graph.Mul(
            Graph.Unsqueeze(Graph.Cast(
                Graph.Node("Range", [Graph.Constant(0L), Length(InputIds), Graph.Constant(1L)]),
                ElementType.Float), 1),
            frequencies));
        Value cos = Once(frequencies.Name + "_cos", () => Graph.Node("Cos", [angle]));
        Value sin = Once(frequencies.Name + "_sin", () => Graph.Node("Sin", [angle]));
        return Graph.RotaryEmbedding(x, cos, sin);
    }
}
