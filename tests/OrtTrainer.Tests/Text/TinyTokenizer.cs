using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

/// <summary>Tokenizers small enough to read, written to a folder of their own that is gone after the test.</summary>
internal sealed class TinyTokenizer : IDisposable
{
    /// <summary>A WordPiece model of fifteen tokens.</summary>
    public const string Words = """
        {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 10,
         "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "un": 5, "##aff": 6, "##able": 7,
             "the": 8,
                   "dog": 9, "##s": 10, ".": 11, "cafe": 12, "a": 13, "##b": 14}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizer").FullName;

    public string Folder => _folder;

    /// <summary>The path of a file in the folder.</summary>
    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>A tokenizer.json with a lower-casing WordPiece model, BERT's template and its special tokens.</summary>
    public static string BertJson(string model = Words) => Json(
        model,
        normalizer: """{"type": "BertNormalizer"}""",
        preTokenizer: """{"type": "BertPreTokenizer"}""",
        postProcessor: """{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}""",
        decoder: """{"type": "WordPiece", "prefix": "##", "cleanup": true}""",
        added: """
            [{"id": 2, "content": "[CLS]", "special": true}, {"id": 3, "content": "[SEP]", "special": true},
             {"id": 4, "content": "[MASK]", "special": true, "lstrip": true}]
            """);

    /// <summary>A tokenizer.json around a model, with other sections as given.</summary>
    public static string Json(
        string model, string normalizer = "null", string preTokenizer = "null", string postProcessor = "null",
        string decoder = "null", string added = "[]") => $$"""
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": {{added}}, "normalizer": {{normalizer}},
         "pre_tokenizer": {{preTokenizer}}, "post_processor": {{postProcessor}}, "decoder": {{decoder}},
             "model": {{model}}}
        """;

    /// <summary>A tokenizer read from the text of a tokenizer.json.</summary>
    public static Tokenizer From(string json)
    {
        using TinyTokenizer files = new();
        return Tokenizer.FromTokenizerJson(files.Write("tokenizer.json", json));
    }

    public static Tokenizer Bert() => From(BertJson());

    public string Write(string name, string content)
    {
        File.WriteAllText(this[name], content);
        return this[name];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
