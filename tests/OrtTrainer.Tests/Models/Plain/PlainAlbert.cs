namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// ALBERT (Lan et al., 2020): one layer of BERT's that runs many times, on embeddings of another width.
/// </summary>
internal sealed class PlainAlbert(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainBert(shape, weights)
{
    protected override string Family => "albert";

    protected override string MoreFields => "\"num_hidden_groups\": 1, \"inner_group_num\": 1, ";

    protected override Tensor Embed(int[] ids, int[] types) => Linear(
        "albert.encoder.embedding_hidden_mapping_in", EmbeddingWidth, Shape.Width, base.Embed(ids, types));

    protected override Tensor Layer(int layer, Tensor x)
    {
        const string Prefix = "albert.encoder.albert_layer_groups.0.albert_layers.0.";
        const string Self = Prefix + "attention.";
        Tensor attended = Linear(Self + "dense", Shape.Width, Shape.Width,
            Attention(Self + "query", Self + "key", Self + "value", x));
        x = LayerNorm(Self + "LayerNorm", Tape.Add(attended, x));
        Tensor inner = Activation(Linear(Prefix + "ffn", Shape.Width, Shape.Inner, x));
        Tensor fed = Linear(Prefix + "ffn_output", Shape.Inner, Shape.Width, inner);
        return LayerNorm(Prefix + "full_layer_layer_norm", Tape.Add(fed, x));
    }

    protected override Tensor MaskedHead(Tensor state) =>
        MaskedHead(Family, "predictions.dense", "predictions.LayerNorm", "predictions", state);

    protected override Tensor Head(Tensor first)
    {
        Tensor pooled = Tanh(Linear("albert.pooler", Shape.Width, Shape.Width, first));
        return Linear("classifier", Shape.Width, Shape.Outputs, pooled);
    }
}
