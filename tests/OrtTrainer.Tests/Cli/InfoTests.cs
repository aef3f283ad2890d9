using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Cli;

/// <summary>What <c>info</c> finds in folders that the program itself wrote, whole and damaged.</summary>
public sealed class InfoTests
{
    private DeskTask _desk = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _desk = new DeskTask();
        CliRun run = CliRun.Of([.. _desk.Finetune("run"), "--quiet"]);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
    }

    [OneTimeTearDown]
    public void End() => _desk.Dispose();

    [Test]
    public void A_run_is_told_with_its_model_and_where_it_came_from()
    {
        JsonElement info = Json(CliRun.Of("info", _desk.File("run"), "--json").Succeeded());

        Assert.That(info.GetProperty("kind").GetString(), Is.EqualTo("run"));
        Assert.That(info.GetProperty("architecture").GetString(), Is.EqualTo("bert"));
        Assert.That(info.GetProperty("task").GetString(), Is.EqualTo("classification"));
        Assert.That(
            info.GetProperty("labels").EnumerateArray().Select(label => label.GetString()),
            Is.EqualTo(new[] { "billing", "delivery" }));
        Assert.That(
            info.GetProperty("graph_inputs").EnumerateArray().Select(input => input.GetString()),
            Does.Contain("input_ids"));
        JsonElement provenance = info.GetProperty("provenance");
        Assert.That(provenance.GetProperty("base_model").GetString(), Is.EqualTo("tiny"));
        Assert.That(provenance.GetProperty("steps").GetString(), Is.EqualTo("6"));
        Assert.That(provenance.GetProperty("weights").GetString(), Is.AnyOf("live", "averaged"));
        Assert.That(
            info.GetProperty("bytes").GetInt64(),
            Is.EqualTo(Directory.EnumerateFiles(_desk.File("run"), "*", SearchOption.AllDirectories)
                .Sum(file => new FileInfo(file).Length)));
    }

    [Test]
    public void The_facts_are_told_in_lines()
    {
        CliRun run = CliRun.Of("info", Copy("lines")).Succeeded();

        Assert.That(run.Lines, Has.Member("architecture bert").And.Member("labels       billing, delivery"));
        Assert.That(run.Lines[^1], Is.EqualTo("The files fit together."));
    }

    [Test]
    public void The_model_of_a_run_alone_is_an_exported_model()
    {
        JsonElement info = Json(CliRun.Of("info", Copy("export"), "--json").Succeeded());

        Assert.That(info.GetProperty("kind").GetString(), Is.EqualTo("exported_model"));
        Assert.That(info.GetProperty("provenance").GetProperty("base_model").GetString(), Is.EqualTo("tiny"));
        Assert.That(
            info.GetProperty("precision").EnumerateArray().Select(type => type.GetString()),
            Is.EqualTo(new[] { "float32" }));
    }

    [Test]
    public void A_model_without_a_head_is_whole_and_lacks_training() =>
        Assert.That(CliRun.Of("info", _desk.Model).Succeeded().Out, Does.Contain("kind         hugging face model"));

    [Test]
    public void More_labels_than_the_head_has_rows_are_a_misfit()
    {
        string folder = Copy("labels");
        Change(folder, config => config["id2label"] = new JsonObject
        {
            ["0"] = "a", ["1"] = "b", ["2"] = "c",
        });

        CliRun run = CliRun.Of("info", folder);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(Misfits(run), Has.Some.Contains("head").Or.Contains("classifier"));
        Assert.That(Misfits(run), Has.Some.Contains("2 outputs, but config.json names 3 labels"));
    }

    [Test]
    public void Another_width_than_the_weights_have_is_a_misfit()
    {
        string folder = Copy("width");
        Change(folder, config => config["intermediate_size"] = 999);

        CliRun run = CliRun.Of("info", folder);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(Misfits(run), Has.Some.Contains("999"));
    }

    [Test]
    public void A_tokenizer_of_more_tokens_than_the_embeddings_have_is_a_misfit()
    {
        string folder = Copy("tokens");
        string other = Path.Combine(SharedFiles.RepositoryRoot, "onnx-models", "embedded", "encoder");
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json", "vocab.txt" })
        {
            File.Copy(Path.Combine(other, name), Path.Combine(folder, name), overwrite: true);
        }

        CliRun run = CliRun.Of("info", folder);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(Misfits(run), Has.Some.Contains("the tokenizer has 8000 tokens, but the model has embeddings for"));
    }

    [TestCase("config.json")]
    [TestCase("model.safetensors")]
    [TestCase("onnx/model.onnx")]
    [TestCase("tokenizer.json")]
    public void A_damaged_file_is_a_misfit_and_no_stack_trace(string name)
    {
        string folder = Copy("damaged");
        File.WriteAllText(Path.Combine(folder, name), "{ damaged");

        CliRun run = CliRun.Of("info", folder);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Is.Empty);
        Assert.That(Misfits(run), Has.Some.Contains(Path.GetFileName(name)));
        Assert.That(run.Out, Does.Not.Contain("   at "));
    }

    [Test]
    public void A_foreign_folder_is_refused_with_what_is_known()
    {
        string folder = Directory.CreateDirectory(_desk.File("foreign")).FullName;

        CliRun run = CliRun.Of("info", folder);

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith("error: ").And.Contain("config.json").And.Contain("pack.json"));
    }

    [TestCase("no/such/folder", "there is no such folder")]
    public void A_missing_folder_is_said(string folder, string message) =>
        Assert.That(CliRun.Of("info", folder).Error, Does.Contain(message));

    [Test]
    public void A_file_is_not_a_folder() =>
        Assert.That(CliRun.Of("info", _desk.Train).Error, Does.Contain("is a file"));

    [Test]
    public void An_unfinished_run_is_told_with_how_to_go_on()
    {
        string folder = _desk.File("unfinished");
        Directory.CreateDirectory(Path.Combine(folder, "run"));
        File.Copy(
            Path.Combine(_desk.File("run"), "run", "options.json"), Path.Combine(folder, "run", "options.json"));

        Assert.That(CliRun.Of("info", folder).Succeeded().Out, Does.Contain("finetune --resume"));
    }

    private static IEnumerable<string> Misfits(CliRun run) =>
        run.Lines.Where(line => line.StartsWith("misfit: ", StringComparison.Ordinal));

    private static JsonElement Json(CliRun run) => JsonDocument.Parse(run.Out).RootElement;

    private static void Change(string folder, Action<JsonObject> change)
    {
        string file = Path.Combine(folder, "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        change(config);
        File.WriteAllText(file, config.ToJsonString());
    }

    /// <summary>The model that the run exported, without the run's own files.</summary>
    private string Copy(string name)
    {
        string source = _desk.File("run");
        string target = _desk.File(name);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(source, file).StartsWith("run", StringComparison.Ordinal)))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        return target;
    }
}
