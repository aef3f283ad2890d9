using System.Text.Json.Nodes;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Tests.Text.Loading;
using OrtTrainer.Tests.Text.Normalization;
using OrtTrainer.Text;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>
/// A folder of each family as its publishers have it: a configuration and the tokenizer's files of that family, in
/// which some words are single tokens.
/// </summary>
internal static class EdgeFamily
{
    private const string Words = "what is a neutron star ? who wrote the red book , .";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    private static readonly string[] BertSpecial = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    public static IReadOnlyList<string> Names { get; } =
    [
        "albert", "bert", "camembert", "data2vec-text", "deberta-v2", "distilbert", "electra", "ernie", "modernbert",
        "mpnet", "roberta", "xlm-roberta",
    ];

    /// <summary>Writes config.json and the tokenizer.</summary>
    public static void Write(string family, TemporaryFolder folder)
    {
        WriteTokenizer(family, folder);

        // The family of a SentencePiece model is known by the configuration.
        folder.Write("config.json", $$"""{"model_type": "{{family}}"}""");
        JsonObject tokenizer = JsonNode.Parse(Tokenizer.Load(folder.Path).ToTokenizerJson())!.AsObject();
        PlainShape shape = new()
        {
            EmbeddingWidth = family is "albert" or "electra" ? 12 : 0,
            Vocabulary = 1 + tokenizer["added_tokens"]!.AsArray().Select(token => (int)token!["id"]!)
                .Concat(Vocabulary(tokenizer["model"]!["vocab"]!)).Max(),
            Positions = 96,
        };
        JsonObject config = JsonNode.Parse(PlainModel.Of(
            family, shape, (_, rows, columns) => new double[rows, columns]).Config)!.AsObject();
        config["initializer_range"] = 0.5;
        folder.Write("config.json", config.ToJsonString());
    }

    private static IEnumerable<int> Vocabulary(JsonNode vocabulary) => vocabulary is JsonObject ids
        ? ids.Select(entry => (int)entry.Value!)
        : Enumerable.Range(0, vocabulary.AsArray().Count);

    private static void WriteTokenizer(string family, TemporaryFolder folder)
    {
        switch (family)
        {
            case "roberta" or "data2vec-text" or "modernbert":
                WriteBytes(folder, family == "modernbert");
                break;
            case "albert" or "deberta-v2" or "xlm-roberta" or "camembert":
                WritePieces(folder, family);
                break;
            default:
                IEnumerable<string> special =
                    family == "mpnet" ? ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"] : BertSpecial;
                folder.Write("vocab.txt", string.Join('\n', special.Concat(Words.Split(' '))
                    .Concat(["##s", "caf", "##e", "\u4e2d", "un", "##known"])));
                break;
        }
    }

    /// <summary>Byte-level BPE of the words. ModernBERT's has other special tokens and normalizes to NFC.</summary>
    private static void WriteBytes(TemporaryFolder folder, bool isModernBert)
    {
        string corpus = folder.Write("corpus.txt", string.Concat(Enumerable.Repeat(Words + "\n", 9)));
        TrainedTokenizer trained = TokenizerTraining.Train(new TokenizerTrainingOptions
        {
            Corpus = [corpus],
            Kind = TokenizerKind.ByteLevelBpe,
            VocabularySize = 320,
        });
        if (!isModernBert)
        {
            trained.Save(folder.Path);
            File.Delete(folder.File("tokenizer.json"));
            return;
        }

        string text = System.Text.Encoding.UTF8.GetString(trained.Tokenizer.ToTokenizerJson());
        foreach ((string old, string name) in new[]
            { ("<s>", "[CLS]"), ("<pad>", "[PAD]"), ("</s>", "[SEP]"), ("<unk>", "[UNK]"), ("<mask>", "[MASK]") })
        {
            text = text.Replace($"\"{old}\"", $"\"{name}\"", StringComparison.Ordinal);
        }

        JsonObject json = JsonNode.Parse(text)!.AsObject();
        json["normalizer"] = new JsonObject { ["type"] = "NFC" };
        json["post_processor"] = JsonNode.Parse("""
            {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                        {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
             "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                      {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}},
                      {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
             "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [0], "tokens": ["[CLS]"]},
                                "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]}}}
            """);
        folder.Write("tokenizer.json", json.ToJsonString());
    }

    private static void WritePieces(TemporaryFolder folder, string family)
    {
        byte[][] special = family switch
        {
            "albert" => Special("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"),
            "deberta-v2" => Special("[PAD]", "[CLS]", "[SEP]", "[UNK]"),
            _ => Special("<unk>", "<s>", "</s>"),
        };
        byte[][] pieces =
        [
            .. special,
            .. Words.Split(' ').Select(word => TinySentencePiece.Piece("\u2581" + word, -2)),
            TinySentencePiece.Piece("\u2581", -3),
            .. Letters.Select(letter => TinySentencePiece.Piece(letter.ToString(), -6)),
        ];
        (string, string)[] map = [("\t", " "), ("\n", " "), ("e\u0301", "\u00e9")];
        File.WriteAllBytes(
            folder.File(family is "albert" or "deberta-v2" ? "spm.model" : "sentencepiece.bpe.model"),
            [
                .. TinySentencePiece.Model(1, pieces),
                .. TinySentencePiece.Message(3, TinySentencePiece.Message(2, TinyCharacterMap.Bytes(map))),
            ]);
    }

    private static byte[][] Special(params string[] texts) => [.. texts.Select(text =>
        TinySentencePiece.Piece(text, 0, (byte)(text is "<unk>" or "[UNK]" ? 2 : 3)))];
}
