using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// RoBERTa (Liu et al., 2019): positions begin after the padding id, texts are not told apart by segment ids, and the
/// head has its own dense layer. Other families have its graph under names of their own.
/// </summary>
/// <param name="config">The model's configuration.</param>
/// <param name="classPrefix">What precedes the head's suffix in Hugging Face's class.</param>
/// <param name="basePrefix">What precedes the encoder's tensors.</param>
internal sealed class Roberta(ModelConfig config, string classPrefix = "Roberta", string basePrefix = "roberta.")
    : PostNormEncoder(config, new() { FirstPosition = FirstPositionOf(config), TakesTokenTypes = false })
{
    public override string ClassPrefix => classPrefix;

    public override string BasePrefix => basePrefix;

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        DenseHead(m, outputs, hidden, "tanh");

    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) => RobertaMaskedTokenHead(m, hidden);

    private static int FirstPositionOf(ModelConfig config) =>
        FirstPositionAfter(config.Size("pad_token_id", SizeRange.TokenId, 1), config);
}
