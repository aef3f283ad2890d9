using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Compilation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Compilation;

/// <summary>Files that are not those that were compiled are refused, each with what is wrong with it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CompiledGraphsTests : IDisposable
{
    private readonly CompiledModel _model = new();

    public void Dispose() => _model.Dispose();

    private string PathOf(string name) => Path.Combine(_model.Folder, name);

    [Test]
    public void A_graph_of_another_compilation_is_refused()
    {
        using CompiledModel other = new(dropout: 0);
        File.Copy(Path.Combine(other.Folder, "training.onnx"), PathOf("training.onnx"), overwrite: true);

        Assert.That(Open, Refused("training.onnx: found ", "The file is stale or of another compilation."));
    }

    [Test]
    public void A_graph_that_is_missing_is_refused()
    {
        File.Delete(PathOf("evaluation.onnx"));

        Assert.That(Open, Refused("evaluation.onnx", "expected a readable file"));
    }

    [TestCase("../training.onnx")]
    [TestCase("/training.onnx")]
    [TestCase("..\\training.onnx")]
    [TestCase("..")]
    public void A_path_that_leaves_the_folder_is_refused(string path)
    {
        Change(manifest => manifest["graphs"]![0]!["file"] = path);

        Assert.That(Open, Refused("the training graph", "expected the name of a file in the manifest's own folder"));
    }

    [TestCase("format", "other", "found \"other\" 1; expected \"orttrainer-graphs\" 1 or 2")]
    [TestCase("version", "3", "found \"orttrainer-graphs\" 3; expected \"orttrainer-graphs\" 1 or 2")]
    public void A_manifest_of_another_kind_or_version_is_refused(string field, string value, string message)
    {
        Change(manifest => manifest[field] = field == "version" ? int.Parse(value) : value);

        Assert.That(Open, Refused(GraphManifest.FileName, message, "Compile the graphs again."));
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("""{ "format": "orttrainer-graphs", "version": 1 }""")]
    public void A_malformed_manifest_is_refused(string json)
    {
        File.WriteAllText(PathOf(GraphManifest.FileName), json);

        Assert.That(Open, Refused(GraphManifest.FileName, "Compile the graphs again."));
    }

    [Test]
    public void Weights_of_another_model_are_refused()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, ["word"], layers: 3);
        CompiledGraphs compiled = CompiledGraphs.Open(_model.Folder);
        ParameterLayout layout = compiled.Layout();
        using WeightBuffer weights = new(Device.Default, layout.Length);

        Assert.That(
            () => compiled.Load(folder.File("model.safetensors"), layout, weights),
            Refused("word_embeddings", "shape [6, 16]; expected shape [25, 16]"));
    }

    [Test]
    public void The_same_model_gives_the_same_files()
    {
        Dictionary<string, byte[]> first = Files();

        GraphCompiler.Compile(_model.Options, _model.Folder);

        Assert.That(Files(), Is.EqualTo(first));
        Assert.That(first.Keys, Is.EquivalentTo(new[]
        {
            "training.onnx", "evaluation.onnx", "inference.onnx", "graphs.json",
        }));
    }

    [Test]
    public void A_graph_that_is_no_longer_compiled_goes()
    {
        GraphCompiler.Compile(_model.Options with { TrainLast = 1 }, _model.Folder);
        Assert.That(PathOf("frozen.onnx"), Does.Exist);

        GraphCompiler.Compile(_model.Options, _model.Folder);

        Assert.That(PathOf("frozen.onnx"), Does.Not.Exist);
        Assert.That(Open, Throws.Nothing);
    }

    private Dictionary<string, byte[]> Files() => Directory.GetFiles(_model.Folder)
        .ToDictionary(file => Path.GetFileName(file)!, File.ReadAllBytes);

    private CompiledGraphs Open() => CompiledGraphs.Open(_model.Folder);

    private void Change(Action<JsonNode> change)
    {
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(PathOf(GraphManifest.FileName)))!;
        change(manifest);
        File.WriteAllText(PathOf(GraphManifest.FileName), manifest.ToJsonString());
    }

    private static NUnit.Framework.Constraints.Constraint Refused(params string[] parts) =>
        Throws.InstanceOf<CheckpointException>().With.Message.Matches(
            string.Join(".*", parts.Select(System.Text.RegularExpressions.Regex.Escape)));
}
