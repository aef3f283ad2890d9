namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// DeBERTa (He et al., 2021, section 3.1; 2023): layers as BERT's, whose scores are q_i k_j + q_i κ(i - j) +
/// k_j ρ(i - j) over √(3d), κ and ρ being keys and queries of relative positions; distant ones share those by their
/// logarithm.
/// </summary>
internal sealed class PlainDebertaV2(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainModel(shape, weights)
{
    public override string Config => $$"""
        {
          "model_type": "deberta-v2", "vocab_size": {{Shape.Vocabulary}}, "hidden_size": {{Shape.Width}},
          "embedding_size": {{EmbeddingWidth}}, "num_hidden_layers": {{Shape.Layers}},
          "num_attention_heads": {{Shape.Heads}}, "intermediate_size": {{Shape.Inner}},
          "hidden_act": "{{Shape.Activation}}", "pooler_hidden_act": "{{Shape.Activation}}",
          "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "pooler_dropout": 0.1,
          "max_position_embeddings": {{Shape.Positions}}, "type_vocab_size": {{Shape.TokenTypes}},
          "layer_norm_eps": {{Shape.Epsilon:R}}, "relative_attention": true, "position_biased_input": false,
          "position_buckets": {{(Shape.Buckets == 0 ? -1 : Shape.Buckets)}}, "max_relative_positions": -1,
          "share_att_key": {{(Shape.SharesLayers ? "true" : "false")}}, "pos_att_type": "p2c|c2p",
          "legacy": {{(Shape.Legacy ? "true" : "false")}},
          "norm_rel_ebd": "{{(Shape.NormsPositions ? "layer_norm" : "none")}}", "pad_token_id": {{PaddingId}},
          "id2label": { {{string.Join(", ", Enumerable.Range(0, Shape.Outputs)
              .Select(k => $"\"{k}\": \"LABEL_{k}\""))}} }
        }
        """;

    private int Span => Shape.Buckets > 0 ? Shape.Buckets : Shape.Positions;

    protected override Tensor Embed(int[] ids, int[] types)
    {
        const string Prefix = "deberta.embeddings.";
        Tensor x = Embedding(Prefix + "word_embeddings", Shape.Vocabulary, ids);
        if (Shape.TokenTypes > 0)
        {
            x = Tape.Add(x, Embedding(Prefix + "token_type_embeddings", Shape.TokenTypes, types));
        }

        if (EmbeddingWidth != Shape.Width)
        {
            x = Linear(Prefix + "embed_proj", EmbeddingWidth, Shape.Width, x, hasBias: false);
        }

        return LayerNorm(Prefix + "LayerNorm", x);
    }

    protected override Tensor Layer(int layer, Tensor x)
    {
        string prefix = $"deberta.encoder.layer.{layer}.";
        Tensor attended = Linear(prefix + "attention.output.dense", Shape.Width, Shape.Width,
            Attended(prefix + "attention.self.", x));
        x = LayerNorm(prefix + "attention.output.LayerNorm", Tape.Add(attended, x));
        Tensor inner = Activation(Linear(prefix + "intermediate.dense", Shape.Width, Shape.Inner, x));
        Tensor fed = Linear(prefix + "output.dense", Shape.Inner, Shape.Width, inner);
        return LayerNorm(prefix + "output.LayerNorm", Tape.Add(fed, x));
    }

    protected override Tensor MaskedHead(Tensor state)
    {
        const string Old = "cls.predictions", New = "lm_predictions.lm_head";
        return Shape.Legacy
            ? MaskedHead("deberta", Old + ".transform.dense", Old + ".transform.LayerNorm", Old, state)
            : MaskedHead("deberta", New + ".dense", New + ".LayerNorm", New, state);
    }

    protected override Tensor Head(Tensor pooled)
    {
        Tensor x = Activation(Linear("pooler.dense", Shape.Width, Shape.Width, pooled));
        return Linear("classifier", Shape.Width, Shape.Outputs, x);
    }

    private Tensor Attended(string self, Tensor x)
    {
        Tensor positions = Table("deberta.encoder.rel_embeddings", 2 * Span, Shape.Width);
        if (Shape.NormsPositions)
        {
            positions = LayerNorm("deberta.encoder.LayerNorm", positions);
        }

        string own = Shape.SharesLayers ? "" : "pos_";
        Tensor q = Linear(self + "query_proj", Shape.Width, Shape.Width, x);
        Tensor k = Linear(self + "key_proj", Shape.Width, Shape.Width, x);
        Tensor rho = Linear(self + own + "query_proj", Shape.Width, Shape.Width, positions);
        Tensor kappa = Linear(self + own + "key_proj", Shape.Width, Shape.Width, positions);
        return Attend(Linear(self + "value_proj", Shape.Width, Shape.Width, x), (head, d) =>
        {
            Tensor Product(Tensor a, Tensor b) => Tape.Product(
                Tape.Columns(a, head * d, d), Tape.Transpose(Tape.Columns(b, head * d, d)), 1 / Math.Sqrt(3 * d));
            Tensor byQuery = Tape.Pick(Product(q, kappa), x.Rows, (i, j) => RowOf(i - j));
            Tensor byKey = Tape.Pick(Product(k, rho), x.Rows, (j, i) => RowOf(i - j));
            return Tape.Add(Product(q, k), Tape.Add(byQuery, Tape.Transpose(byKey)));
        });
    }

    private int RowOf(int distance)
    {
        int middle = Shape.Buckets / 2;
        double bucket = distance;
        if (Shape.Buckets > 0 && Math.Abs(distance) > middle)
        {
            double share = Math.Log((double)Math.Abs(distance) / middle) / Math.Log((Shape.Positions - 1.0) / middle);
            bucket = Math.Sign(distance) * (middle + Math.Ceiling((share * (middle - 1)) - 1e-9));
        }

        return Math.Clamp((int)bucket + Span, 0, (2 * Span) - 1);
    }
}
