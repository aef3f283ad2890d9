namespace OrtTrainer.Tests.Models.Plain;

/// <summary>BERT (Devlin et al., 2019): words, positions and segments; a norm after each half of a layer.</summary>
internal class PlainBert(PlainShape shape, Func<string, int, int, double[,]> weights) : PlainModel(shape, weights)
{
    public override string Config => $$"""
        {
          "model_type": "{{ModelType}}", "vocab_size": {{Shape.Vocabulary}}, "hidden_size": {{Shape.Width}},
          "num_hidden_layers": {{Shape.Layers}}, "num_attention_heads": {{Shape.Heads}},
          "intermediate_size": {{Shape.Inner}}, "hidden_act": "{{Shape.Activation}}", "hidden_dropout_prob": 0.1,
          "attention_probs_dropout_prob": 0.1, "max_position_embeddings": {{FirstPosition + Shape.Positions}},
          "embedding_size": {{EmbeddingWidth}}, "type_vocab_size": {{Shape.TokenTypes}},
          {{MoreFields}}"layer_norm_eps": {{Shape.Epsilon:R}}, "pad_token_id": {{PaddingId}},
          "id2label": { {{string.Join(", ", Enumerable.Range(0, Shape.Outputs)
              .Select(k => $"\"{k}\": \"LABEL_{k}\""))}} }
        }
        """;

    protected virtual string ModelType => Family;

    /// <summary>Fields of config.json that this family has of its own, each with a comma after it.</summary>
    protected virtual string MoreFields => "";

    /// <summary>What the names of the encoder's tensors begin with.</summary>
    protected virtual string Family => "bert";

    /// <summary>The position id of the first token.</summary>
    protected virtual int FirstPosition => 0;

    protected override Tensor Embed(int[] ids, int[] types)
    {
        string prefix = Family + ".embeddings.";
        int[] positions = [.. Enumerable.Range(FirstPosition, ids.Length)];
        Tensor words = Embedding(prefix + "word_embeddings", Shape.Vocabulary, ids);
        Tensor segments = Embedding(prefix + "token_type_embeddings", Shape.TokenTypes, types);
        Tensor places = Embedding(prefix + "position_embeddings", FirstPosition + Shape.Positions, positions);
        return LayerNorm(prefix + "LayerNorm", Extend(ids.Length, Tape.Add(Tape.Add(words, segments), places)));
    }

    /// <summary>What a relative adds to the sum of the embeddings.</summary>
    protected virtual Tensor Extend(int tokens, Tensor x) => x;

    protected override Tensor Layer(int layer, Tensor x)
    {
        string prefix = $"{Family}.encoder.layer.{layer}.";
        string self = prefix + "attention.self.";
        Tensor attended = Linear(prefix + "attention.output.dense", Shape.Width, Shape.Width,
            Attention(self + "query", self + "key", self + "value", x));
        x = LayerNorm(prefix + "attention.output.LayerNorm", Tape.Add(attended, x));
        Tensor inner = Activation(Linear(prefix + "intermediate.dense", Shape.Width, Shape.Inner, x));
        Tensor fed = Linear(prefix + "output.dense", Shape.Inner, Shape.Width, inner);
        return LayerNorm(prefix + "output.LayerNorm", Tape.Add(fed, x));
    }

    protected override Tensor MaskedHead(Tensor state) => MaskedHead(
        Family, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions", state);

    protected override Tensor Head(Tensor first)
    {
        Tensor pooled = Tanh(Linear(Family + ".pooler.dense", Shape.Width, Shape.Width, first));
        return Linear("classifier", Shape.Width, Shape.Outputs, pooled);
    }
}
