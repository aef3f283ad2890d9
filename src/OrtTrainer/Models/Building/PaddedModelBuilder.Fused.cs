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

        // A window is no input of the operator: it is added to scores, and what hides padding with it.
        bool hasWindow = distances.Window is not null && _mask is not null;
        Value? added = hasWindow ? AttentionBias(mask, distances.Window) : null;
        if (distances.Bias is { } bias)
        {
            Value relative = Relative(bias, shape);
            added = added is null ? relative : Graph.Add(added, relative);
        }

        return Graph.MultiHeadAttention(
            q, k, v, hasWindow ? null : KeyMask(), added, shape.Heads, ScoreScale(shape), Hidden,
            hasWindow ? AttentionMask.Bidirectional : mask);
    }

    /// <summary>1 for tokens, 0 for padding, int32 [B, S]; null of images, which have none.</summary>
    private Value? KeyMask() =>
        _mask is null ? null : Once("key_mask", () => Graph.Cast(Mask, ElementType.Int32));

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
