using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Tests.Text.Training;

/// <summary>Vocabularies that Hugging Face's tokenizers made of 20,000 lines of Wikipedia.</summary>
public sealed class TrainedTokenizerGoldenTests
{
    private const int Lines = 20_000;

    private TemporaryFolder _folder = null!;
    private string _corpus = null!;

    [OneTimeSetUp]
    public void Extract()
    {
        _folder = new TemporaryFolder();
        _corpus = Path.Combine(_folder.Path, "corpus.txt");
        using GZipStream archive = new(
            File.OpenRead(SharedFiles.SharedPath("data", "wikipedia_en", "wikipedia_en_AA.tar.gz")),
            CompressionMode.Decompress);
        using TarReader files = new(archive);
        List<string> lines = [];
        while (lines.Count < Lines && files.GetNextEntry() is { } entry)
        {
            // As Python's splitlines and strip have it.
            using StreamReader reader = new(entry.DataStream ?? Stream.Null);
            lines.AddRange(reader.ReadToEnd()
                .Split(['\n', '\r', '\v', '\f', '\x1C', '\x1D', '\x1E', '\x85', '\u2028', '\u2029'])
                .Where(line => !line.StartsWith("<doc", StringComparison.Ordinal)).Select(line => line.Trim())
                .Where(line => line.EnumerateRunes().Count() > 40));
        }

        File.WriteAllLines(_corpus, lines.Take(Lines));
    }

    [OneTimeTearDown]
    public void Remove() => _folder?.Dispose();

    [Test]
    public void Byte_level_bpe_has_the_same_tokens_ids_and_merges()
    {
        JsonElement expected = Model("bytelevel-bpe");
        JsonElement made = Train(TokenizerKind.ByteLevelBpe, 3_000);

        Assert.That(Ids(made), Is.EqualTo(Ids(expected)));
        Assert.That(Merges(made), Is.EqualTo(Merges(expected)));
    }

    /// <summary>The ids of marked characters follow a random order of words there, and with them ties.</summary>
    [Test]
    public void WordPiece_has_the_same_tokens()
    {
        Dictionary<string, int> expected = Ids(Model("wordpiece-cased"));
        Dictionary<string, int> made = Ids(Train(TokenizerKind.WordPiece, 4_000));

        Assert.That(made.Keys, Is.EquivalentTo(expected.Keys));
        Assert.That(made.Count(entry => expected[entry.Key] == entry.Value), Is.GreaterThan(3_400));
    }

    private JsonElement Train(TokenizerKind kind, int size)
    {
        byte[] json = TokenizerTraining.Train(new TokenizerTrainingOptions
        {
            Corpus = [_corpus],
            Kind = kind,
            VocabularySize = size,
            MinFrequency = 1,
            LimitAlphabet = int.MaxValue,
        }).Tokenizer.ToTokenizerJson();
        return JsonDocument.Parse(json).RootElement.GetProperty("model");
    }

    private static JsonElement Model(string name) => JsonDocument.Parse(File.ReadAllBytes(
        SharedFiles.SharedPath("tokenizers", "trained", name, "tokenizer.json"))).RootElement.GetProperty("model");

    private static Dictionary<string, int> Ids(JsonElement model) => model.GetProperty("vocab").EnumerateObject()
        .ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32());

    private static string[] Merges(JsonElement model) =>
    [
        .. model.GetProperty("merges").EnumerateArray().Select(merge => merge.ValueKind == JsonValueKind.String
            ? merge.GetString()!
            : string.Join(' ', merge.EnumerateArray().Select(token => token.GetString()))),
    ];
}
