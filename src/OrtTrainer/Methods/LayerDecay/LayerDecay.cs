using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Methods;

/// <summary>Layer-wise rate decay, which stands beside any method: the deeper a parameter lies, the lower its learning
/// rate.</summary>
/// <param name="Decay">What the rate is multiplied with from each layer to the one below, in (0, 1).</param>
internal sealed record LayerDecay(double Decay) : RunPart
{
    internal override string StepText => FormattableString.Invariant($"rate times {Decay} per layer down");

    internal override void Require(RunTraits run)
    {
        if (run.FromScratch)
        {
            throw new ArgumentException($"{nameof(LayerDecay)} spares lower layers that are pre-trained; with " +
                $"{nameof(run.FromScratch)} none is. Leave one of the two out.");
        }
    }

    /// <summary>
    /// 1 for the head and the pooler, <c>decay^(depth - l)</c> for layer l, counted from 0, and
    /// <c>decay^(depth + 1)</c> for the embeddings (BEiT's convention, Bao et al. 2022).
    /// </summary>
    /// <exception cref="RunException">All layers are one.</exception>
    internal override Func<ParameterView, double> RateFactors(PretrainedModel model)
    {
        if (model.Architecture.SharesLayers)
        {
            throw new RunException($"{model.Config.Path}: the layers of {model.Architecture.ModelType} are one layer " +
                "that runs many times, so none has a learning rate of its own. Leave the layer decay out.");
        }

        int layers = model.Architecture.Shape.Layers;
        return view => Math.Pow(Decay, view.Parts[0].Place.LevelsBelowHead(layers));
    }
}
