namespace OrtTrainer.Text.Models;

/// <summary>Turns one word into tokens. Safe to use from several threads.</summary>
internal abstract class TokenModel(Vocabulary vocabulary)
{
    /// <summary>The model's tokens, without those added later.</summary>
    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <summary>Appends the tokens of a word, given as code points.</summary>
    public abstract void Tokenize(ReadOnlySpan<int> word, List<ModelToken> tokens);
}
