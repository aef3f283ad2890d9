using OrtTrainer.Text;

namespace OrtTrainer.Tasks;

/// <summary>What stands in for the tokenizer of a model that reads no texts.</summary>
internal sealed class NoTokenizer : ITextEncoder
{
    private NoTokenizer()
    {
    }

    /// <summary>The only one.</summary>
    public static NoTokenizer Instance { get; } = new();

    public int? VocabularySize => null;

    public TokenIds EncodeIds(string text, string? pair = null, EncodeOptions? options = null) =>
        throw new NotSupportedException("The model reads images, not texts.");
}
