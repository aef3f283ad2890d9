namespace OrtTrainer.Models;

/// <summary>
/// Names of the inputs and outputs of exported models, as Hugging Face's optimum gives them. B rows of S tokens, K
/// outputs.
/// </summary>
internal static class PaddedInputs
{
    /// <summary>Token ids, int64 [B, S].</summary>
    public const string InputIds = "input_ids";

    /// <summary>1 for tokens, 0 for padding, int64 [B, S].</summary>
    public const string AttentionMask = "attention_mask";

    /// <summary>Segments, int64 [B, S]; only models that have them take this input.</summary>
    public const string TokenTypeIds = "token_type_ids";

    /// <summary>The values of images, float [B, C, height, width]; models that have them take no other input.</summary>
    public const string PixelValues = "pixel_values";

    /// <summary>Output of the head, float [B, K].</summary>
    public const string Logits = "logits";

    /// <summary>The states of the last layer, float [B, S, H].</summary>
    public const string LastHiddenState = "last_hidden_state";

    /// <summary>The vector of each text, float [B, H].</summary>
    public const string SentenceEmbedding = "sentence_embedding";
}
