using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;

namespace OrtTrainer.Models.Architectures;

/// <summary>The embeddings and post-norm transformer layers that BERT and its relatives share (Devlin et al.,
/// 2019).</summary>
internal static class PostNormEncoder
{
    /// <param name="m">The builder.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="prefix">What precedes tensor names, such as <c>bert.</c>.</param>
    /// <param name="firstPosition">The position id of the first token.</param>
    public static Value Build(ModelBuilder m, ModelConfig config, string prefix, long firstPosition)
    {
        long width = config.GetInt("hidden_size");
        float epsilon = (float)config.GetFloat("layer_norm_eps", 1e-12);
        float dropout = (float)config.GetFloat("hidden_dropout_prob", 0.1);
        Value x = Embed(m, config, prefix + "embeddings.", width, firstPosition);
        x = m.LayerNorm(prefix + "embeddings.LayerNorm", width, epsilon, x);
        x = m.Dropout(dropout, x);
        for (int layer = 0; layer < config.GetInt("num_hidden_layers"); layer++)
        {
            x = Layer(m, config, $"{prefix}encoder.layer.{layer}.", width, epsilon, dropout, x);
            m.LayerOutputs.Add(x);
        }

        return x;
    }

    private static Value Embed(ModelBuilder m, ModelConfig config, string prefix, long width, long firstPosition)
    {
        GraphBuilder g = m.Graph;
        Value words = m.Embedding(prefix + "word_embeddings", config.GetInt("vocab_size"), width, m.InputIds);
        Value positions = m.Embedding(prefix + "position_embeddings", config.GetInt("max_position_embeddings"), width,
            m.PositionIds(firstPosition));
        Value types = m.Embedding(prefix + "token_type_embeddings", config.GetInt("type_vocab_size"), width,
            m.TokenTypeIds);
        return g.Add(g.Add(words, types), positions);
    }

    private static Value Layer(
        ModelBuilder m, ModelConfig config, string prefix, long width, float epsilon, float dropout, Value x)
    {
        long heads = config.GetInt("num_attention_heads");
        if (heads <= 0 || width % heads != 0)
        {
            throw new ModelException(
                $"{config.Path}: hidden_size {width} is not a multiple of num_attention_heads {heads}.");
        }

        long inner = config.GetInt("intermediate_size");
        string self = prefix + "attention.self.";
        Value attended = m.SelfAttention(self + "query", self + "key", self + "value", width, heads,
            (float)config.GetFloat("attention_probs_dropout_prob", 0.1), x);
        attended = m.Linear(prefix + "attention.output.dense", width, width, attended);
        x = m.DropoutAddLayerNorm(prefix + "attention.output.LayerNorm", width, epsilon, dropout, attended, x);
        Value fed = m.Linear(prefix + "intermediate.dense", width, inner, x);
        fed = m.Activation(config.GetString("hidden_act", "gelu"), fed);
        fed = m.Linear(prefix + "output.dense", inner, width, fed);
        return m.DropoutAddLayerNorm(prefix + "output.LayerNorm", width, epsilon, dropout, fed, x);
    }
}
