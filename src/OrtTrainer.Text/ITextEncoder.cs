namespace OrtTrainer.Text;

/// <summary>
/// What training and prediction need of a tokenizer: ids and types of a text or pair, special tokens included, cut to
/// length. <see cref="Tokenizer"/> is one; <see cref="ExternalTokenizer"/> makes one of a tokenizer of
/// Microsoft.ML.Tokenizers. Implementations are safe to use from several threads.
/// </summary>
public interface ITextEncoder
{
    /// <summary>The number of different ids; null where the tokenizer does not tell.</summary>
    int? VocabularySize { get; }

    /// <summary>The ids and types of a text or pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text of a pair, or null.</param>
    /// <param name="options">How to encode; null for <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="TruncationException">The text cannot be cut as the options ask.</exception>
    TokenIds EncodeIds(string text, string? pair = null, EncodeOptions? options = null);
}
