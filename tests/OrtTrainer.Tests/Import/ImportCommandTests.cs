using System.Text.Json;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Import;

/// <summary>The way of an exported model back into training, on the command line.</summary>
public sealed class ImportCommandTests
{
    private DeskTask _desk = null!;

    private string Built => _desk.File("built");

    private string Graph => Path.Combine(Built, "onnx", "model.onnx");

    [OneTimeSetUp]
    public void Train()
    {
        _desk = new DeskTask();
        CliRun.Of(_desk.Finetune("built", "--quiet", "--lr", "0.03")).Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void An_import_trains_as_the_model_that_was_exported()
    {
        CliRun import = CliRun.Of("import", Graph, "--out", _desk.File("imported")).Succeeded();

        double[] built = Losses("again-built", Built), imported = Losses("again-imported", _desk.File("imported"));

        Assert.That(import.Lines, Has.Some.Contains("attention: 2 of 2 sites"));
        Assert.That(built, Has.Length.EqualTo(20));
        Assert.That(imported, Is.EqualTo(built).Within(1e-4));
        Assert.That(Predictions("again-imported"), Is.EqualTo(Predictions("again-built")));
    }

    [Test]
    public void A_file_can_be_given_as_the_model_and_its_export_opened_again()
    {
        CliRun.Of("finetune", "--model", Graph, "--train", _desk.Train, "--eval", _desk.Eval, "--max-steps", "4",
            "--max-length", "16", "--threads", "1", "--quiet", "--out", _desk.File("direct")).Succeeded();

        Assert.That(File.Exists(_desk.File("direct-import/graph.onnx")));
        Assert.That(Predictions("direct"), Has.Length.EqualTo(2));
        CliRun.Of("finetune", "--model", _desk.File("direct"), "--train", _desk.Train, "--max-steps", "2",
            "--max-length",
            "16", "--threads", "1", "--quiet", "--out", _desk.File("further")).Succeeded();
    }

    [Test]
    public void Other_labels_get_a_layer_of_their_own()
    {
        string train = _desk.Write("three.tsv", "text\tlabel\nmy card\tcard\nno parcel\tparcel\nthe invoice\tinvoice\n"
            + "a card\tcard\nthe parcel\tparcel\nwrong invoice\tinvoice\n");

        CliRun run = CliRun.Of("finetune", "--model", Graph, "--train", train, "--eval", train, "--max-steps", "2",
            "--max-length", "16", "--threads", "1", "--out", _desk.File("three")).Succeeded();

        Assert.That(run.Lines, Has.Some.Contains("3 labels"));
        Assert.That(File.ReadAllText(_desk.File("three/config.json")), Does.Contain("invoice"));
    }

    [Test]
    public void Adapters_are_trained_on_an_import()
    {
        CliRun.Of("finetune", "--model", Graph, "--train", _desk.Train, "--eval", _desk.Eval, "--max-steps", "2",
            "--max-length", "16", "--threads", "1", "--quiet", "--lora", "r=2", "--out",
                _desk.File("lora")).Succeeded();

        Assert.That(File.Exists(_desk.File("lora/adapter/adapter_model.safetensors")));
    }

    [Test]
    public void A_folder_in_use_and_a_missing_file_are_refused()
    {
        CliRun used = CliRun.Of("import", Graph, "--out", Built);
        CliRun missing = CliRun.Of("import", _desk.File("none.onnx"), "--out", _desk.File("none"));

        Assert.That((used.ExitCode, missing.ExitCode), Is.EqualTo((1, 1)));
        Assert.That(used.Error, Does.Contain("is not empty"));
        Assert.That(missing.Error, Does.Contain("there is no such file"));
    }

    private double[] Losses(string output, string model)
    {
        CliRun.Of("finetune", "--model", model, "--train", _desk.Train, "--eval", _desk.Eval, "--max-steps", "20",
            "--batch-size", "4", "--dropout", "0", "--method", "finetune", "--max-length", "16", "--threads", "1",
                "--quiet",
            "--out", _desk.File(output)).Succeeded();
        return
        [
            .. File.ReadLines(_desk.File(Path.Combine(output, "run", "metrics.jsonl")))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.TryGetProperty("loss", out _))
                .Select(line => line.GetProperty("loss").GetDouble()),
        ];
    }

    private string[] Predictions(string folder) =>
    [
        .. CliRun.WithInput("where is my parcel\nrefund my card\n", "predict", "--model", _desk.File(folder),
            "--input", "-")
            .Succeeded().Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("label").GetString()!),
    ];
}
