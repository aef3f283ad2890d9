namespace OrtTrainer.Benchmarks;

/// <summary>The sizes of a GPT-2 and of its batches.</summary>
/// <param name="Layers">1 or more.</param>
/// <param name="Width">H, a multiple of the heads.</param>
/// <param name="Heads">1 or more.</param>
/// <param name="Vocabulary">1 or more.</param>
/// <param name="BatchSize">B, 1 or more.</param>
/// <param name="Length">S, 1 or more, the tokens of every example.</param>
internal sealed record DecoderSize(
    int Layers, int Width, int Heads, int Vocabulary, int BatchSize, int Length)
{
    /// <summary>The configuration as Hugging Face has it, with dropout 0.1 everywhere.</summary>
    public string Config =>
        $$"""
        {"model_type": "gpt2", "n_layer": {{Layers}}, "n_embd": {{Width}}, "n_head": {{Heads}},
         "n_positions": {{Length}}, "vocab_size": {{Vocabulary}}, "activation_function": "gelu_new",
         "embd_pdrop": 0.1, "attn_pdrop": 0.1, "resid_pdrop": 0.1}
        """;
}
