using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Models;

/// <summary>Component WordLevel: a word is a token or unknown.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, int unknownId) : TokenModel(vocabulary)
{
    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<int> word, List<ModelToken> tokens) =>
        tokens.Add(new ModelToken(Vocabulary.Id(CodePoints.ToText(word)) ?? unknownId, 0, word.Length));
}
