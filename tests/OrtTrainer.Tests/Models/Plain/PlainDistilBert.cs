namespace OrtTrainer.Tests.Models.Plain;

/// <summary>DistilBERT (Sanh et al., 2019): BERT without segments and pooler, under names of its own.</summary>
internal sealed class PlainDistilBert(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainModel(shape, weights)
{
    public override string Config => $$"""
        {
          "model_type": "distilbert", "vocab_size": {{Shape.Vocabulary}}, "dim": {{Shape.Width}},
          "n_layers": {{Shape.Layers}}, "n_heads": {{Shape.Heads}}, "hidden_dim": {{Shape.Inner}},
          "max_position_embeddings": {{Shape.Positions}}, "activation": "{{Shape.Activation}}", "dropout": 0.1,
          "attention_dropout": 0.1, "seq_classif_dropout": 0.2, "pad_token_id": {{PaddingId}},
          "id2label": { {{string.Join(", ", Enumerable.Range(0, Shape.Outputs)
              .Select(k => $"\"{k}\": \"LABEL_{k}\""))}} }
        }
        """;

    protected override Tensor Embed(int[] ids, int[] types)
    {
        const string Prefix = "distilbert.embeddings.";
        int[] positions = [.. Enumerable.Range(0, ids.Length)];
        return LayerNorm(Prefix + "LayerNorm", Tape.Add(
            Embedding(Prefix + "word_embeddings", Shape.Vocabulary, ids),
            Embedding(Prefix + "position_embeddings", Shape.Positions, positions)));
    }

    protected override Tensor Layer(int layer, Tensor x)
    {
        string prefix = $"distilbert.transformer.layer.{layer}.";
        string self = prefix + "attention.";
        Tensor attended = Linear(self + "out_lin", Shape.Width, Shape.Width,
            Attention(self + "q_lin", self + "k_lin", self + "v_lin", x));
        x = LayerNorm(prefix + "sa_layer_norm", Tape.Add(attended, x));
        Tensor inner = Activation(Linear(prefix + "ffn.lin1", Shape.Width, Shape.Inner, x));
        Tensor fed = Linear(prefix + "ffn.lin2", Shape.Inner, Shape.Width, inner);
        return LayerNorm(prefix + "output_layer_norm", Tape.Add(fed, x));
    }

    protected override Tensor MaskedHead(Tensor state) =>
        MaskedHead("distilbert", "vocab_transform", "vocab_layer_norm", "vocab_projector", state);

    protected override Tensor Head(Tensor first)
    {
        Tensor x = Relu(Linear("pre_classifier", Shape.Width, Shape.Width, first));
        return Linear("classifier", Shape.Width, Shape.Outputs, x);
    }
}
