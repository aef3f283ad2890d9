using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;

namespace OrtTrainer.Models.Architectures;

/// <summary>
/// RoBERTa (Liu et al., 2019), as Hugging Face's RobertaForSequenceClassification: positions begin after the padding
/// id, and the head has its own dense layer.
/// </summary>
internal sealed class Roberta : Architecture
{
    public override string ModelType => "roberta";

    public override string BasePrefix => "roberta.";

    public override string ClassificationClass => "RobertaForSequenceClassification";

    public override Value Encode(ModelBuilder m, ModelConfig config) =>
        PostNormEncoder.Build(m, config, BasePrefix, FirstPosition(config));

    public override Value Classify(ModelBuilder m, ModelConfig config, long outputs, Value hidden)
    {
        long width = config.GetInt("hidden_size");
        float dropout = config.ClassifierDropout();
        Value x = m.Dropout(dropout, m.FirstToken(hidden));
        x = m.Graph.Tanh(m.Linear("classifier.dense", width, width, x));
        return m.Linear("classifier.out_proj", width, outputs, m.Dropout(dropout, x));
    }

    public override bool HasTokenTypes(ModelConfig config) => false;

    public override int MaxLength(ModelConfig config) =>
        config.GetInt("max_position_embeddings") - (int)FirstPosition(config);

    private static long FirstPosition(ModelConfig config) => config.GetInt("pad_token_id", 1) + 1;
}
