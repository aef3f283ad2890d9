namespace OrtTrainer.Tests.Models;

/// <summary>A tokenizer.json whose tokens are words parted by blanks, for models of random weights.</summary>
internal static class WordTokenizer
{
    /// <summary>Writes tokenizer.json and tokenizer_config.json.</summary>
    /// <param name="folder">Is there.</param>
    /// <param name="tokens">By their ids; those in angle brackets are special.</param>
    /// <param name="unknown">Stands for words that are none of them.</param>
    /// <param name="before">Stands before a text; null for nothing.</param>
    /// <param name="behind">Stands behind a text; null for nothing.</param>
    /// <param name="end">Ends what is written.</param>
    public static void Write(string folder, string[] tokens, int unknown, int? before, int? behind, int end)
    {
        IEnumerable<string> special = tokens.Where(token => token.StartsWith('<'));
        string[] added = [.. special.Select(token => Added(token, Array.IndexOf(tokens, token)))];
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), $$"""
            {
              "version": "1.0", "truncation": null, "padding": null,
              "added_tokens": [{{string.Join(", ", added)}}],
              "normalizer": null,
              "pre_tokenizer": { "type": "WhitespaceSplit" },
              "post_processor": {{Template(tokens, before, behind)}},
              "decoder": null,
              "model": {
                "type": "WordPiece", "unk_token": "{{tokens[unknown]}}", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100,
                "vocab": { {{string.Join(", ", tokens.Select((token, id) => $"\"{token}\": {id}"))}} }
              }
            }
            """);
        string begins = before is { } first ? $"\"bos_token\": \"{tokens[first]}\", " : "";
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), $$"""
            {
              "tokenizer_class": "PreTrainedTokenizerFast", {{begins}}"eos_token": "{{tokens[end]}}",
              "unk_token": "{{tokens[unknown]}}"
            }
            """);
    }

    private static string Template(string[] tokens, int? before, int? behind)
    {
        if ((before ?? behind) is null)
        {
            return "null";
        }

        static string Part(string kind, string id) => $$"""{ "{{kind}}": { "id": "{{id}}", "type_id": 0 } }""";
        IEnumerable<string> Around(IEnumerable<string> middle) =>
        [
            .. before is { } first ? [Part("SpecialToken", tokens[first])] : Array.Empty<string>(), .. middle,
            .. behind is { } last ? [Part("SpecialToken", tokens[last])] : Array.Empty<string>(),
        ];
        string[] used = [.. new[] { before, behind }.OfType<int>().Distinct().Select(id =>
            $$"""
            "{{tokens[id]}}": { "id": "{{tokens[id]}}", "ids": [{{id}}], "tokens": ["{{tokens[id]}}"] }
            """)];
        return $$"""
            {
              "type": "TemplateProcessing",
              "single": [{{string.Join(", ", Around([Part("Sequence", "A")]))}}],
              "pair": [{{string.Join(", ", Around([Part("Sequence", "A"), Part("Sequence", "B")]))}}],
              "special_tokens": { {{string.Join(", ", used)}} }
            }
            """;
    }

    private static string Added(string token, int id) =>
        $$"""
        {
          "id": {{id}}, "content": "{{token}}", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": false, "special": true
        }
        """;
}
