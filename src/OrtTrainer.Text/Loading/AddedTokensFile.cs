using OrtTrainer.Text.AddedTokens;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads added_tokens.json, which old model folders have beside their vocabulary: an object of tokens and ids.</summary>
internal static class AddedTokensFile
{
    /// <summary>The parts with the tokens of the file added that they do not have yet.</summary>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public static TokenizerParts AddTo(TokenizerParts parts, string path) => parts with
    {
        AddedTokens =
        [
            .. parts.AddedTokens,
            .. JsonField.ReadFile(path).Fields()
                .Where(entry => parts.AddedTokens.All(token => token.Content != entry.Name))
                .Select(entry => new AddedToken(entry.Name, entry.Value.Id()) { Normalized = true }),
        ],
        Files = [.. parts.Files, path],
    };
}
