namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// GPT-Neo (Black et al., 2021): norms before each half of a layer, tokens that see themselves and those before them,
/// in every other layer so many of them alone, and scores that are not scaled.
/// </summary>
internal sealed class PlainGptNeo(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainModel(shape, weights)
{
    public override string Config => $$"""
        {
          "model_type": "gpt_neo", "vocab_size": {{Shape.Vocabulary}}, "hidden_size": {{Shape.Width}},
          "num_layers": {{Shape.Layers}}, "num_heads": {{Shape.Heads}}, "intermediate_size": {{Shape.Inner}},
          "attention_types": [[["global", "local"], {{Shape.Layers / 2}}]], "window_size": {{Shape.LocalAttention}},
          "activation_function": "{{Shape.Activation}}", "max_position_embeddings": {{Shape.Positions}},
          "layer_norm_epsilon": {{Shape.Epsilon:R}}, "embed_dropout": 0.1, "attention_dropout": 0.1,
          "resid_dropout": 0.1, "bos_token_id": 1, "eos_token_id": 2,
          "id2label": { {{string.Join(", ", Enumerable.Range(0, Shape.Outputs)
              .Select(k => $"\"{k}\": \"LABEL_{k}\""))}} }
        }
        """;

    protected override Tensor Embed(int[] ids, int[] types) => Tape.Add(
        Embedding("transformer.wte", Shape.Vocabulary, ids),
        Embedding("transformer.wpe", Shape.Positions, [.. Enumerable.Range(0, ids.Length)]));

    protected override Tensor Layer(int layer, Tensor x)
    {
        int width = Shape.Width;
        string prefix = $"transformer.h.{layer}.", self = prefix + "attn.attention.";
        Tensor normed = LayerNorm(prefix + "ln_1", x);
        Tensor Made(string name) => Linear(self + name, width, width, normed, hasBias: false);
        (Tensor q, Tensor k, Tensor v) = (Made("q_proj"), Made("k_proj"), Made("v_proj"));
        int seen = layer % 2 == 0 ? int.MaxValue : Shape.LocalAttention;
        Tensor attended = Attend(v, (head, d) => Tape.Keep(
            Tape.Product(Tape.Columns(q, head * d, d), Tape.Transpose(Tape.Columns(k, head * d, d))),
            (i, j) => j <= i && i - j < seen));
        x = Tape.Add(x, Linear(self + "out_proj", width, width, attended));
        Tensor inner = Activation(Linear(prefix + "mlp.c_fc", width, Shape.Inner, LayerNorm(prefix + "ln_2", x)));
        return Tape.Add(x, Linear(prefix + "mlp.c_proj", Shape.Inner, width, inner));
    }

    protected override Tensor Finish(Tensor x) => LayerNorm("transformer.ln_f", x);

    protected override Tensor Pooled(Tensor last) => Tape.Rows(last, [last.Rows - 1]);

    protected override Tensor Head(Tensor pooled) =>
        Linear("score", Shape.Width, Shape.Outputs, pooled, hasBias: false);

    protected override Tensor MaskedHead(Tensor state) => Words("transformer.wte", bias: null, state);
}
