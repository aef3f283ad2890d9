using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;

namespace OrtTrainer.Models.Architectures;

/// <summary>BERT with a pooled first token (Devlin et al., 2019), as Hugging Face's
/// BertForSequenceClassification.</summary>
internal sealed class Bert : Architecture
{
    public override string ModelType => "bert";

    public override string BasePrefix => "bert.";

    public override string ClassificationClass => "BertForSequenceClassification";

    public override Value Encode(ModelBuilder m, ModelConfig config) => PostNormEncoder.Build(m, config, BasePrefix, 0);

    public override Value Classify(ModelBuilder m, ModelConfig config, long outputs, Value hidden)
    {
        long width = config.GetInt("hidden_size");
        Value pooled = m.Graph.Tanh(m.Linear("bert.pooler.dense", width, width, m.FirstToken(hidden)));
        return m.Linear("classifier", width, outputs, m.Dropout(config.ClassifierDropout(), pooled));
    }

    public override bool HasTokenTypes(ModelConfig config) => true;

    public override int MaxLength(ModelConfig config) => config.GetInt("max_position_embeddings");
}
