using System.Text.Json;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Runs;

/// <summary>Self-distillation of tags on the messages that the repository brings along.</summary>
public sealed class EntitySelfDistillationTests
{
    private const int Words = 9161;

    [Test]
    public void A_model_trains_its_own_teacher_and_learns_from_a_row_per_word()
    {
        using TemporaryFolder folder = new();
        string output = folder.File("out");

        CliRun run = CliRun.Of(
            "finetune", "--task", "token-classification", "--model", Embedded("encoder"), "--from-scratch", "--train",
            Embedded("entities", "train.conll"), "--eval", Embedded("entities", "eval.conll"), "--method",
            "self-distillation", "--max-steps", "4", "--max-length", "64", "--threads", "1", "--teacher-cache",
            folder.File("cache"), "--json", "--out", output).Succeeded();

        JsonElement[] events = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.That(Of(events, "note").Select(e => e.GetProperty("message").GetString()),
            Has.Some.EqualTo("teacher: 9,161 rows x 10 outputs, 0.2 MB kept in half precision"));
        JsonElement teacher = Of(events, "started").Single().GetProperty("facts").GetProperty("teacher");
        Assert.That(teacher.GetProperty("rows").GetInt32(), Is.EqualTo(Words));
        Assert.That(teacher.GetProperty("audit").GetProperty("rows").GetInt32(), Is.EqualTo(Words));
        JsonElement[] steps = [.. Of(events, "step")];
        Assert.That(steps, Has.Length.EqualTo(4));
        foreach (string part in new[] { "teacher_loss", "label_loss" })
        {
            Assert.That(steps.Select(step => step.GetProperty(part).GetDouble()), Is.All.GreaterThan(0), part);
        }

        Assert.That(File.Exists(Path.Combine(output, "run", "teacher", "config.json")), Is.True);
        Assert.That(File.Exists(Path.Combine(output, "onnx", "model.onnx")), Is.True);
    }

    private static IEnumerable<JsonElement> Of(JsonElement[] events, string name) =>
        events.Where(e => e.GetProperty("event").GetString() == name);

    private static string Embedded(params string[] names) =>
        Path.Combine([SharedFiles.RepositoryRoot, "onnx-models", "embedded", .. names]);
}
