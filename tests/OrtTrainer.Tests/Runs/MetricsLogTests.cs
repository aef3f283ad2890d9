using System.Text.Json.Nodes;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Runs;

public sealed class MetricsLogTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private string Path => _folder.File("metrics.jsonl");

    [Test]
    public void Steps_and_evaluations_have_a_line_each()
    {
        using (MetricsLog log = new(Path, 0, 0))
        {
            log.Write(new StepReport(1, new(0.25f, 0.5f, -0.25f, 0.125f), 2.5, 1e-4, 8, 90), seconds: 0.25);
            log.Write(new EvaluationPoint(
                1, new Dictionary<string, double> { ["accuracy"] = 0.75, ["mcc"] = double.NaN }, null));
        }

        JsonNode[] lines = [.. File.ReadLines(Path).Select(line => JsonNode.Parse(line)!)];
        Assert.That(lines[0].ToJsonString(), Is.EqualTo(
            "{\"step\":1,\"loss\":0.625,\"label_loss\":0.25,\"teacher_loss\":0.5,\"penalty_loss\":-0.25,"
            + "\"intermediate_loss\":0.125,"
            + "\"gradient_norm\":2.5,\"learning_rate\":0.0001,"
            + "\"examples\":8,\"tokens\":90,\"seconds\":0.25}"));
        Assert.That(lines[1].ToJsonString(), Is.EqualTo(
            """{"step":1,"eval":{"live":{"accuracy":0.75,"mcc":null},"averaged":null}}"""));
    }

    [Test]
    public void Resuming_drops_the_lines_of_what_is_done_again()
    {
        Write("""{"step":1}""", """{"step":2}""", """{"step":2,"eval":{}}""", """{"step":3}""",
            """{"step":3,"eval":{}}""");

        using (MetricsLog log = new(Path, step: 3, evaluatedStep: 2))
        {
            log.Write(new StepReport(4, default, 0, 0, 0, 0), 0);
        }

        Assert.That(File.ReadLines(Path).SkipLast(1), Is.EqualTo(
            new[] { """{"step":1}""", """{"step":2}""", """{"step":2,"eval":{}}""", """{"step":3}""" }));
        Assert.That(File.ReadLines(Path).Last(), Does.StartWith("""{"step":4,"""));
    }

    [TestCase("""{"ste""")]
    [TestCase("")]
    [TestCase("17")]
    [TestCase("""{"loss":1}""")]
    [TestCase("""{"step":"one"}""")]
    public void A_torn_last_line_is_dropped(string torn)
    {
        File.WriteAllText(Path, "{\"step\":1}\n" + torn);

        new MetricsLog(Path, 5, 5).Dispose();

        Assert.That(File.ReadAllText(Path), Is.EqualTo("{\"step\":1}\n"));
    }

    [Test]
    public void Every_line_is_on_file_before_the_next_step()
    {
        using MetricsLog log = new(Path, 0, 0);

        log.Write(new StepReport(1, default, 0, 0, 0, 0), 0);

        using StreamReader reader = new(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.That(reader.ReadLine(), Does.StartWith("""{"step":1,"""));
    }

    private void Write(params string[] lines) => File.WriteAllLines(Path, lines);
}
