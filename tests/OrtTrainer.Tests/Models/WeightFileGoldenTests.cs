using OrtTrainer.Models;

namespace OrtTrainer.Tests.Models;

/// <summary>The same model in every format that weights come in: shards, half precision, PyTorch's own.</summary>
public sealed class WeightFileGoldenTests
{
    private static IEnumerable<TestCaseData> Folders()
    {
        string root = Path.Combine(SharedFiles.Goldens, "files");
        string[] folders = Directory.Exists(root)
            ? [.. Directory.GetDirectories(root)
                .Where(d => File.Exists(Path.Combine(d, "config.json"))).Order(StringComparer.Ordinal)]
            : [Path.Combine(root, "bert-sharded")];
        return folders.Select(folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));
    }

    [TestCaseSource(nameof(Folders))]
    public void Weights_are_exactly_those_of_the_reference(string folder)
    {
        SharedFiles.Golden("files", Path.GetFileName(folder));
        PretrainedModel model = PretrainedModel.Open(folder);

        using Loaded loaded = new(model, model.Config.Id2Label.Count);

        Assert.That(loaded.Initialized, Is.Empty);
        loaded.AssertEqualsFile(Expected(folder), name => name);
    }

    /// <summary>The values as float32 beside the folder's own; shards are of the model they were cut from.</summary>
    private static string Expected(string folder) =>
        new[] { "expected-f32.safetensors", "expected.safetensors" }.Select(name => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
        ?? SharedFiles.Golden("models", "bert-classification", "model.safetensors");
}
