using OrtTrainer.Models;

namespace OrtTrainer.Runs;

/// <summary>Layer-wise rate decay: the deeper a parameter lies, the lower its learning rate.</summary>
internal static class LayerRates
{
    /// <summary>
    /// What the rate of a view is multiplied with: 1 for the head and the pooler, <c>decay^(depth - l)</c> for layer
    /// l, counted from 0, and <c>decay^(depth + 1)</c> for the embeddings (BEiT's convention). Null for a decay of 1.
    /// </summary>
    public static Func<ParameterView, double>? Of(double decay, PretrainedModel model)
    {
        int layers = model.Architecture.Shape.Layers;
        return decay == 1 ? null : view => Math.Pow(decay, view.Parts[0].Place.LevelsBelowHead(layers));
    }
}
