using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Tasks.SentenceSimilarity;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Tasks.SentenceSimilarity;

/// <summary>How vectors are made, as sentence-transformers writes it down.</summary>
public sealed class SentenceTransformerFilesTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void What_is_written_is_read_back(
        [Values(nameof(Pooling.Mean), nameof(Pooling.Cls))] string pooling, [Values] bool normalizes)
    {
        EmbeddingSettings settings = new(16, Enum.Parse<Pooling>(pooling), normalizes) { MaxLength = 64 };
        Write(SentenceTransformerFiles.Of(settings, 64));

        Assert.That(SentenceTransformerFiles.Read(_folder.Path, 16), Is.EqualTo(settings));
    }

    [Test]
    public void The_files_of_a_published_model_are_read() =>
        Assert.That(SentenceTransformerFiles.Read(SharedFiles.SharedPath("models", "all-MiniLM-L6-v2"), 384),
            Is.EqualTo(new EmbeddingSettings(384, Pooling.Mean, Normalizes: true) { MaxLength = 256 }));

    [Test]
    public void Without_files_the_mean_is_taken_and_that_is_said()
    {
        EmbeddingSettings settings = SentenceTransformerFiles.Read(_folder.Path, 16);

        Assert.That((settings.Pooling, settings.Normalizes), Is.EqualTo((Pooling.Mean, false)));
        Assert.That(settings.Assumption, Is.EqualTo($"{_folder.Path} has no modules.json that says how vectors are "
            + "made: the mean of the tokens is taken, as it is."));
    }

    [Test]
    public void A_part_that_is_not_supported_is_refused()
    {
        _folder.Write("modules.json", """[{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]""");

        Assert.That(Read, Throws.TypeOf<RunException>().With.Message.EqualTo(
            $"{_folder.File("modules.json")}: the model has a part of type 'sentence_transformers.models.Dense', which "
            + "is not supported; supported are Transformer, Pooling and Normalize. Take another model."));
    }

    [TestCase("max_tokens", "max_tokens")]
    [TestCase("cls_token mean_tokens", "cls_token and mean_tokens")]
    [TestCase("", "none")]
    public void Another_pooling_is_refused(string modes, string found)
    {
        JsonObject pooling = new() { ["pooling_mode_lasttoken"] = false };
        foreach (string mode in modes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            pooling[$"pooling_mode_{mode}"] = true;
        }

        const string modules = """[{"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]""";
        Write([
            ("modules.json", JsonNode.Parse(modules)!),
            ("1_Pooling/config.json", pooling),
        ]);

        Assert.That(Read, Throws.TypeOf<RunException>().With.Message.Contains(
            $"the pooling is {found}; supported are cls_token or mean_tokens, one of both."));
    }

    [TestCase("{}", "expected a JSON list")]
    [TestCase("[", "it cannot be read: ")]
    public void A_damaged_file_is_refused(string content, string message)
    {
        _folder.Write("modules.json", content);

        Assert.That(Read, Throws.TypeOf<RunException>().With.Message.Contains(message));
    }

    private EmbeddingSettings Read() => SentenceTransformerFiles.Read(_folder.Path, 16);

    private void Write(IEnumerable<(string Path, JsonNode Content)> files)
    {
        foreach ((string path, JsonNode content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(path))!);
            _folder.Write(path, content.ToJsonString());
        }
    }
}
