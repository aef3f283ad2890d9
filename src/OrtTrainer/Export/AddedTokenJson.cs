using System.Text.Json.Nodes;

namespace OrtTrainer.Export;

/// <summary>The list <c>added_tokens</c> of tokenizer.json.</summary>
internal static class AddedTokenJson
{
    /// <summary>Special tokens in the order of their ids.</summary>
    /// <param name="tokens">Tokens and ids.</param>
    /// <param name="leftStrip">
    /// The token that takes the space to its left, as RoBERTa's mask does; null for none.
    /// </param>
    public static JsonArray List(IEnumerable<(string Token, int Id)> tokens, string? leftStrip = null) =>
        [.. tokens.OrderBy(t => t.Id).Select(t => new JsonObject
        {
            ["id"] = t.Id,
            ["content"] = t.Token,
            ["single_word"] = false,
            ["lstrip"] = t.Token == leftStrip,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        })];
}
