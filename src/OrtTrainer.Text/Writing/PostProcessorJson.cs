using System.Text.Json.Nodes;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text.Writing;

/// <summary>The post-processor of tokenizer.json: where special tokens go, and how offsets are trimmed.</summary>
internal static class PostProcessorJson
{
    /// <summary>The component of a tokenizer; null where there are no special tokens.</summary>
    public static JsonObject? Of(TokenizerParts parts)
    {
        SequenceTemplate template = parts.Template;
        int[] special = [.. template.Single.Concat(template.Pair).SelectMany(piece => piece.Ids).Distinct()];
        if (special.Length == 0)
        {
            return null;
        }

        // Only RoBERTa's trims offsets, and its template is fixed.
        return parts.Trimming is { } trimming
            ? new JsonObject
            {
                ["type"] = "RobertaProcessing",
                ["sep"] = TokenAndId(parts, template.Single[^1].Ids[0]),
                ["cls"] = TokenAndId(parts, template.Single[0].Ids[0]),
                ["trim_offsets"] = true,
                ["add_prefix_space"] = trimming.AddPrefixSpace,
            }
            : new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = Pieces(parts, template.Single),
                ["pair"] = Pieces(parts, template.Pair),
                ["special_tokens"] = new JsonObject(special.Select(id =>
                    KeyValuePair.Create(Token(parts, id), (JsonNode?)new JsonObject
                    {
                        ["id"] = Token(parts, id),
                        ["ids"] = new JsonArray(id),
                        ["tokens"] = new JsonArray(Token(parts, id)),
                    }))),
            };
    }

    private static JsonArray TokenAndId(TokenizerParts parts, int id) => new(Token(parts, id), id);

    private static JsonArray Pieces(TokenizerParts parts, IReadOnlyList<TemplatePiece> pieces) =>
        new([.. pieces.SelectMany(piece => piece.Sequence < 0
            ? piece.Ids.Select(id => Piece("SpecialToken", Token(parts, id), piece))
            : [Piece("Sequence", piece.Sequence == 0 ? "A" : "B", piece)])]);

    private static JsonObject Piece(string kind, string name, TemplatePiece piece) => new()
    {
        [kind] = new JsonObject { ["id"] = name, ["type_id"] = piece.TypeId ?? Math.Max(0, piece.Sequence) },
    };

    private static string Token(TokenizerParts parts, int id) => parts.Model.Vocabulary.Token(id)!;
}
