namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// ModernBERT (Warner et al., 2024): norms before each half of a layer, gated feed-forward parts, rotary positions, and
/// most layers blind to tokens that are further away than half of the local attention.
/// </summary>
internal sealed class PlainModernBert(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainModel(shape, weights)
{
    public override string Config => $$"""
        {
          "model_type": "modernbert", "vocab_size": {{Shape.Vocabulary}}, "hidden_size": {{Shape.Width}},
          "num_hidden_layers": {{Shape.Layers}}, "num_attention_heads": {{Shape.Heads}},
          "intermediate_size": {{Shape.Inner}}, "hidden_activation": "{{Shape.Activation}}",
          "classifier_activation": "{{Shape.Activation}}", "classifier_pooling": "{{Shape.Pooling}}",
          "max_position_embeddings": {{Shape.Positions}}, "norm_eps": {{Shape.Epsilon:R}},
          "norm_bias": {{Biases}}, "attention_bias": {{Biases}}, "mlp_bias": {{Biases}}, "classifier_bias": {{Biases}},
          "local_attention": {{Shape.LocalAttention}}, "global_attn_every_n_layers": {{Shape.GlobalEvery}},
          {{Rotary}}, "embedding_dropout": 0.1, "attention_dropout": 0.1, "mlp_dropout": 0.1,
          "classifier_dropout": 0.1, "decoder_bias": {{(Shape.HasOutputBias ? "true" : "false")}},
          "pad_token_id": {{PaddingId}},
          "id2label": { {{string.Join(", ", Enumerable.Range(0, Shape.Outputs)
              .Select(k => $"\"{k}\": \"LABEL_{k}\""))}} }
        }
        """;

    /// <summary>The same for every task.</summary>
    protected override string TokenLayer => "classifier";

    private string Biases => Shape.HasBiases ? "true" : "false";

    // As transformers 5 says it, or as version 4 did.
    private string Rotary => Shape.HasBiases
        ? $"\"global_rope_theta\": {Shape.GlobalBase:F1}, \"local_rope_theta\": {Shape.LocalBase:F1}"
        : $$"""
            "rope_parameters": {
              "full_attention": { "rope_theta": {{Shape.GlobalBase:F1}}, "rope_type": "default" },
              "sliding_attention": { "rope_theta": {{Shape.LocalBase:F1}}, "rope_type": "default" }
            }
            """;

    protected override Tensor Embed(int[] ids, int[] types) =>
        Norm("model.embeddings.norm", Embedding("model.embeddings.tok_embeddings", Shape.Vocabulary, ids));

    protected override Tensor Layer(int layer, Tensor x)
    {
        string prefix = $"model.layers.{layer}.";
        bool isGlobal = layer % Shape.GlobalEvery == 0;
        Tensor qkv = Linear(prefix + "attn.Wqkv", Shape.Width, 3 * Shape.Width,
            layer == 0 ? x : Norm(prefix + "attn_norm", x), Shape.HasBiases);
        Tensor attended = Attend(Tape.Columns(qkv, 2 * Shape.Width, Shape.Width), (head, d) =>
        {
            Tensor Turned(int part) => Tape.Rotate(
                Tape.Columns(qkv, (part * Shape.Width) + (head * d), d), isGlobal ? Shape.GlobalBase : Shape.LocalBase);
            Tensor scores = Tape.Product(Turned(0), Tape.Transpose(Turned(1)), 1 / Math.Sqrt(d));
            return Tape.Keep(scores, (i, j) => isGlobal || Math.Abs(i - j) <= Shape.LocalAttention / 2);
        });
        x = Tape.Add(x, Linear(prefix + "attn.Wo", Shape.Width, Shape.Width, attended, Shape.HasBiases));
        Tensor wide = Linear(
            prefix + "mlp.Wi", Shape.Width, 2 * Shape.Inner, Norm(prefix + "mlp_norm", x), Shape.HasBiases);
        Tensor gated = Tape.Times(
            Activation(Tape.Columns(wide, 0, Shape.Inner)), Tape.Columns(wide, Shape.Inner, Shape.Inner));
        return Tape.Add(x, Linear(prefix + "mlp.Wo", Shape.Inner, Shape.Width, gated, Shape.HasBiases));
    }

    protected override Tensor Finish(Tensor x) => Norm("model.final_norm", x);

    protected override Tensor Pooled(Tensor last) => Shape.Pooling == "mean" ? Tape.Mean(last) : base.Pooled(last);

    protected override Tensor Head(Tensor pooled) => TokenHead(pooled);

    protected override Tensor TokenHead(Tensor x) => base.TokenHead(Features(x));

    protected override Tensor MaskedHead(Tensor state) =>
        Words("model.embeddings.tok_embeddings", Shape.HasOutputBias ? "decoder" : null, Features(state));

    private Tensor Features(Tensor x) => Norm("head.norm", Activation(
        Linear("head.dense", Shape.Width, Shape.Width, x, Shape.HasBiases)));

    private Tensor Norm(string name, Tensor x) => LayerNorm(name, x, Shape.HasBiases);
}
