using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// ALBERT (Lan et al., 2020): BERT with one layer that runs as often as there would be layers, and narrow embeddings
/// before a linear layer; the gradient of a weight is the sum over all runs. The head takes the pooled first token.
/// </summary>
internal sealed class Albert(ModelConfig config)
    : PostNormEncoder(config, new()
    {
        EmbeddingWidthField = "embedding_size",
        HeadDropoutField = "classifier_dropout_prob",
        DropsFeedForward = false,
        Names = new()
        {
            Query = "attention.query",
            Key = "attention.key",
            Value = "attention.value",
            Attended = "attention.dense",
            AttentionNorm = "attention.LayerNorm",
            Inner = "ffn",
            Output = "ffn_output",
            OutputNorm = "full_layer_layer_norm",
        },
    })
{
    public override string ClassPrefix => "Albert";

    public override string BasePrefix => "albert.";

    public override bool SharesLayers => true;

    public override string LayerPrefix(int layer) => $"{BasePrefix}encoder.albert_layer_groups.0.albert_layers.0.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        PooledHead(m, outputs, hidden, "pooler");

    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) => MaskedTokenHead(
        m, "predictions.dense", "predictions.LayerNorm", "predictions", InnerActivation, hidden);

    protected override Value Project(ModelBuilder m, int width, Value x) =>
        m.Linear(BasePrefix + "encoder.embedding_hidden_mapping_in", width, Shape.Width, x);

    protected override void RequireSupported()
    {
        base.RequireSupported();
        RequireOne("num_hidden_groups", "more than one layer of its own");
        RequireOne("inner_group_num", "groups of several layers");
    }

    private void RequireOne(string field, string feature)
    {
        int value = Config.Size(field, SizeRange.Layers, defaultValue: 1);
        if (value != 1)
        {
            throw new RunException($"{Config.Path}: {field} is {value}, but {feature} is not supported; supported " +
                "is 1. Take another model; the same weights would compute something else.");
        }
    }
}
