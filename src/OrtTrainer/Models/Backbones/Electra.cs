using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// ELECTRA (Clark et al., 2020): BERT whose embeddings may be narrower than its layers, without a pooler; the head has
/// its own dense layer with GELU. Its head for masked tokens is the generator's.
/// </summary>
internal sealed class Electra(ModelConfig config)
    : PostNormEncoder(config, new() { EmbeddingWidthField = "embedding_size" })
{
    public override string ClassPrefix => "Electra";

    public override string BasePrefix => "electra.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        DenseHead(m, outputs, hidden, "gelu");

    /// <summary>It has GELU whatever hidden_act says.</summary>
    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) => MaskedTokenHead(
        m, "generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head", "gelu", hidden);

    protected override Value Project(ModelBuilder m, int width, Value x) => width == Shape.Width
        ? x
        : m.Linear(BasePrefix + "embeddings_project", width, Shape.Width, x);
}
