using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>
/// Logits of the whole vocabulary for every token of a text that is made of another, by the head of an encoder-decoder.
/// </summary>
/// <param name="vocabulary">Tokens of the model, K.</param>
internal sealed class TargetTokenHead(int vocabulary) : ModelHead(vocabulary)
{
    /// <summary>All tokens of the decoder are chosen, and none of the encoder.</summary>
    public override OutputRows Rows => OutputRows.PerChosenToken;

    public override bool HasDecoder => true;

    public override string ClassSuffix => "ForConditionalGeneration";

    public override string PeftTask => "SEQ_2_SEQ_LM";

    /// <exception cref="RunException">The model has no decoder beside its encoder.</exception>
    public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) =>
        architecture.Shape.DecoderLayers > 0
            ? architecture.NextTokenHead(m, hidden)
            : throw new RunException($"{architecture.Config.Path}: model_type is '{architecture.ModelType}', which "
                + "makes no text of another. Take an encoder-decoder, such as t5 or bart.");
}
