using OrtTrainer.Text.Loading;

namespace OrtTrainer.Text;

/// <content>Reading from files.</content>
public sealed partial class Tokenizer
{
    /// <summary>Reads the tokenizer of a model folder: tokenizer.json.</summary>
    /// <exception cref="InvalidDataException">A file is malformed or uses a component this library does not know.</exception>
    public static Tokenizer Load(string folder) => FromTokenizerJson(Path.Combine(folder, "tokenizer.json"));

    /// <summary>Reads a tokenizer.json of Hugging Face's tokenizers library.</summary>
    /// <exception cref="InvalidDataException">The file is malformed or uses a component this library does not know.</exception>
    public static Tokenizer FromTokenizerJson(string path) => new(TokenizerJson.Read(path));
}
