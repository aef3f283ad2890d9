using System.Text.Json;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

/// <summary>One file of reference encodings and the tokenizer that must reproduce them.</summary>
internal sealed class TokenizerGolden
{
    private TokenizerGolden(string name, JsonElement root, Tokenizer tokenizer) =>
        (Name, Root, Tokenizer) = (name, root, tokenizer);

    public string Name { get; }

    public JsonElement Root { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>The names of all reference files but sentencepiece.json, which has a format of its own.</summary>
    public static IEnumerable<string> Names()
    {
        string folder = Path.Combine(SharedFiles.Goldens, "tokenizers");
        return !Directory.Exists(folder)
            ? ["bert-base-uncased"]
            : Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Where(name => name != "sentencepiece").Order();
    }

    /// <summary>The folder with the tokenizer's files.</summary>
    public static string FolderOf(string name) => name switch
    {
        "bert-base-uncased" => SharedFiles.SharedPath("models", "all-MiniLM-L6-v2"),
        "tinystories-656k" => SharedFiles.SharedPath("models", name),
        "roberta-base" => SharedFiles.SharedPath("tokenizers", name),
        "gpt2" => SharedFiles.SharedPath("tokenizers", "gpt2-roberta"),
        _ => SharedFiles.SharedPath("tokenizers", "trained", name),
    };

    public static TokenizerGolden Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden(
            "tokenizers", name + ".json")));
        return new TokenizerGolden(name, document.RootElement.Clone(), Tokenizer.Load(FolderOf(name)));
    }

    public static void AssertSame(Encoding actual, JsonElement expected, string message)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actual.Ids, Is.EqualTo(Numbers(expected, "ids")), $"ids of {message}");
            Assert.That(
                actual.Offsets.Select(range => (range.Start, range.End)),
                Is.EqualTo(expected.GetProperty("offsets").EnumerateArray().Select(o =>
                    (o[0].GetInt32(), o[1].GetInt32()))),
                $"offsets of {message}");
            Assert.That(actual.TypeIds, Is.EqualTo(Numbers(expected, "type_ids")), $"type ids of {message}");
            Assert.That(actual.SpecialTokensMask, Is.EqualTo(Numbers(expected,
                "special")), $"special mask of {message}");
            Assert.That(actual.WordIds, Is.EqualTo(Numbers(expected, "word_ids")), $"word ids of {message}");
        }
    }

    public static int[] Numbers(JsonElement element, string field) =>
        [.. element.GetProperty(field).EnumerateArray().Select(number => number.GetInt32())];
}
