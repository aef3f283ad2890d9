using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Export.Edge;

namespace OrtTrainer.Tests.Compilation;

/// <summary>Compiled graphs on stock ONNX Runtime in Node against <c>finetune</c>: the same seed gives the same order
/// of examples, the same dropout and the same losses.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TrainingInNodeTests : IDisposable
{
    private const int Steps = 20;

    private static readonly string Embedded = Path.Combine(SharedFiles.RepositoryRoot, "onnx-models", "embedded");

    private static readonly string Encoder = Path.Combine(Embedded, "encoder");

    private readonly TemporaryFolder _folder = new();

    private string Graphs => _folder.File("graphs");

    public void Dispose() => _folder.Dispose();

    [TestCase("0")]
    [TestCase("0.1")]
    public void The_embedded_model_has_the_losses_of_finetune(string dropout) => AssertSameLosses(
        Encoder, Path.Combine(Embedded, "train.tsv"), rows: 320, batchSize: 16, dropout);

    [Test]
    public void MiniLM_has_the_losses_of_finetune() => AssertSameLosses(
        SharedFiles.SharedPath("models", "all-MiniLM-L6-v2"), SharedFiles.SharedPath("data", "trec", "train.tsv"),
        rows: 160, batchSize: 8, dropout: "0.1");

    [Test]
    public void Adapters_have_the_losses_of_finetune() => AssertSameLosses(
        Encoder, Path.Combine(Embedded, "train.tsv"), rows: 320, batchSize: 16, dropout: "0.1",
        "--lora", "r=4,alpha=8,dropout=0.1,rslora=yes");

    [Test]
    public void Adapters_learn_the_same_beside_layers_that_run_apart()
    {
        string train = Rows(Path.Combine(Embedded, "train.tsv"), 320);
        double[] Losses(params string[] more)
        {
            Compile(Encoder, ["--dropout", "0", "--lora", "r=4,targets=Wqkv", .. more]);
            JsonObject[] lines = Train(Encoder, train, "--steps", "20", "--batch-size", "16", "--lr", "2e-3");
            return [.. lines[..Steps].Select(line => (double)line["loss"]!)];
        }

        Assert.That(Losses("--train-last", "4"), Is.EqualTo(Losses()).Within(1e-4));
    }

    [Test]
    public void Last_layers_are_trained_alone_and_what_is_written_is_a_model_that_evaluate_reads()
    {
        string train = Rows(Path.Combine(Embedded, "train.tsv"), 320), test = Path.Combine(Embedded, "test.tsv");
        Compile(Encoder, "--train-last", "2", "--dropout", "0");
        string output = _folder.File("trained");

        JsonObject[] lines = Train(
            Encoder, train, "--epochs", "4", "--batch-size", "16", "--lr", "2e-3", "--test", test, "--out", output);
        Compile(Encoder, "--dropout", "0");
        JsonObject whole = Train(Encoder, train, "--steps", "1", "--batch-size", "16")[0];

        Assert.That((double)lines[0]["loss"]!, Is.EqualTo((double)whole["loss"]!).Within(1e-5));
        Assert.That((double)lines[^2]["loss"]!, Is.LessThan(0.7 * (double)lines[0]["loss"]!));
        AssertOnlyChanged(
            Path.Combine(output, "model.safetensors"), Path.Combine(Encoder, "model.safetensors"),
            name => name.Contains("layers.2.") || name.Contains("layers.3."));
        JsonNode evaluated = JsonNode.Parse(CliRun.Of(
            "evaluate", "--model", output, "--data", test, "--text", "text", "--label", "label", "--json")
            .Succeeded().Out)!;
        Assert.That(
            (double)evaluated["score"]!,
            Is.EqualTo((double)lines[^1]["averaged_accuracy"]!).Within(1e-6));
    }

    [Test]
    public void Files_that_do_not_belong_together_are_refused_with_one_message()
    {
        string train = Rows(Path.Combine(Embedded, "train.tsv"), 16);
        Compile(Encoder);
        string[] command = ["train-ort.mjs", Graphs, Encoder, "--train", train, "--steps", "1"];
        string manifest = Path.Combine(Graphs, "graphs.json"), training = Path.Combine(Graphs, "training.onnx");
        string written = File.ReadAllText(manifest);
        byte[] graph = File.ReadAllBytes(training);

        File.WriteAllBytes(training, [.. graph, 0]);
        AssertRefused(command, "training.onnx: its SHA-256 is ");
        File.WriteAllBytes(training, graph);
        File.WriteAllText(manifest, written.Replace("\"training.onnx\"", "\"../training.onnx\""));
        AssertRefused(command, "expected the name of a file in the manifest's own folder");
        File.WriteAllText(manifest, written.Replace("\"version\":1", "\"version\":3"));
        AssertRefused(command, "format and version are orttrainer-graphs 3; expected orttrainer-graphs 1 or 2");
        File.Delete(manifest);
        AssertRefused(command, "graphs.json: it cannot be read (ENOENT).");
        File.WriteAllText(manifest, written);
        Models.TinyBert.Write(_folder.File("other"), ["word"]);
        AssertRefused(
            [.. command, "--weights", _folder.File("other/model.safetensors")],
            "is missing; expected one in shape");
    }

    private static void AssertRefused(string[] command, string message)
    {
        (int code, string output, string error) = EdgeClient.Run(command);

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(error, Does.Contain(message).And.Not.Contain("    at "));
    }

    private void AssertSameLosses(
        string model, string data, int rows, int batchSize, string dropout, params string[] more)
    {
        string train = Rows(data, rows), steps = $"{Steps}", size = $"{batchSize}";
        string rate = more.Length > 0 ? "1e-3" : "5e-5";
        Compile(model, ["--dropout", dropout, .. more]);
        JsonObject[] lines = Train(model, train, "--steps", steps, "--batch-size", size, "--lr", rate);

        CliRun.Of(
        [
            "finetune", "--model", model, "--train", train, "--eval", Rows(data, 12), "--text", "text", "--label",
            "label", "--method", "finetune", "--max-steps", steps, "--batch-size", size, "--dropout", dropout,
            "--seed", "1", "--lr", rate, .. more, "--quiet", "--out", _folder.File("run"),
        ]).Succeeded();
        JsonObject[] expected =
        [
            .. File.ReadLines(_folder.File("run/run/metrics.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())
                .Where(line => line["gradient_norm"] is not null),
        ];
        Assert.That(expected, Has.Length.EqualTo(Steps));
        Assert.That(
            lines[..Steps].Select(line => (double)line["loss"]!),
            Is.EqualTo(expected.Select(line => (double)line["loss"]!)).Within(1e-4));
        Assert.That(
            lines[..Steps].Select(line => (double)line["norm"]!),
            Is.EqualTo(expected.Select(line => (double)line["gradient_norm"]!)).Within(1e-3));
    }

    private void Compile(string model, params string[] more) => CliRun.Of(
        ["compile", "--model", model, "--num-labels", "6", .. more, "--out", Graphs]).Succeeded();

    private JsonObject[] Train(string model, string train, params string[] more) => EdgeClient.Answers(EdgeClient.Run(
        ["train-ort.mjs", Graphs, model, "--train", train, "--threads", "2", .. more]));

    private string Rows(string table, int count)
    {
        string file = $"{count}-rows.tsv";
        _folder.Write(file, string.Join('\n', File.ReadLines(table).Take(count + 1)) + "\n");
        return _folder.File(file);
    }

    private static void AssertOnlyChanged(string trained, string original, Func<string, bool> mayChange)
    {
        using SafetensorsFile before = SafetensorsFile.OpenFile(original), after = SafetensorsFile.OpenFile(trained);
        string[] kept = [.. before.Names.Where(name => after.TryGet(name, out _))];
        string[] changed = [.. kept.Where(name => !Values(before, name).SequenceEqual(Values(after, name)))];
        Assert.That(changed, Has.Length.GreaterThan(5));
        Assert.That(changed.Where(name => !mayChange(name) && name.Contains("layers.")), Is.Empty);
        Assert.That(changed.Where(name => name.Contains("embeddings")), Is.Empty);
    }

    private static float[] Values(SafetensorsFile file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info));
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
