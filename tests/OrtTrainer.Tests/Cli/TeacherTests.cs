using System.Text.Json;
using OrtTrainer.Tests.Teachers;

namespace OrtTrainer.Tests.Cli;

/// <summary>The verb <c>teacher</c>: command lines in, text and exit codes out.</summary>
public sealed class TeacherTests
{
    private TeacherTask _task = null!;

    [SetUp]
    public void Make() => _task = new TeacherTask();

    [TearDown]
    public void Remove() => _task.Dispose();

    [Test]
    public void It_tells_what_the_teacher_is_costs_and_knows()
    {
        CliRun run = Teacher("--threads", "1").Succeeded();

        Assert.That(run.Lines[0], Is.EqualTo($"teacher      teacher ({_task.Model})"));
        Assert.That(run.Lines[1],
            Is.EqualTo("logits       60 rows of 3, at most 24 tokens each, computed now"));
        Assert.That(run.Lines[2], Does.Match(@"^cost         \d+\.\d\d s on cpu, 1 thread, \d+ MB of memory$"));
        Assert.That(run.Lines[3], Is.EqualTo($"kept         {_task.CacheFile}"));
        Assert.That(run.Lines[4], Does.Match(@"^agreement    0\.\d{4} of the labels$"));
        Assert.That(run.Lines[6], Does.Match(@"^wrong        \d+\.\d\d% with a probability of 0\.9 or more$"));
        Assert.That(run.Lines.Count(line => line.TrimStart().StartsWith("animal  ", StringComparison.Ordinal)),
            Is.EqualTo(1));
    }

    [Test]
    public void A_second_time_it_runs_nothing()
    {
        Teacher().Succeeded();

        Assert.That(Teacher().Succeeded().Lines[1], Does.Contain("kept from an earlier run"));
    }

    [TestCase("logits.safetensors")]
    [TestCase("logits.csv")]
    public void What_it_writes_it_takes_again(string name)
    {
        string file = _task.File(name);
        JsonElement computed = Json(Teacher("--out", file, "--json"));

        JsonElement read = Json(CliRun.Of("teacher", "--logits", file, "--data", _task.DataFile, "--json"));

        Assert.That(computed.GetProperty("is_cached").GetBoolean(), Is.False);
        Assert.That(read.GetProperty("audit").GetRawText(), Is.EqualTo(computed.GetProperty("audit").GetRawText()));
        Assert.That(read.GetProperty("source").GetString(), Is.EqualTo(file));
    }

    [Test]
    public void A_note_stands_before_the_result()
    {
        Teacher().Succeeded();
        File.WriteAllText(_task.CacheFile, "damaged");

        CliRun run = Teacher().Succeeded();

        Assert.That(run.Lines[0], Does.StartWith("note: ").And.Contain("computed again"));
    }

    [Test]
    public void Other_labels_end_it_with_one_line_and_code_1()
    {
        _task.Rename("place", "beast", "food");

        CliRun run = Teacher("--out", _task.File("logits.csv"));

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith("error: ").And.Contain("only the student has animal"));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(_task.File("logits.csv"), Does.Not.Exist);
    }

    [Test]
    public void Words_that_do_not_go_together_are_bad_usage()
    {
        string data = _task.DataFile;
        BadUsage("give one of --model and --logits", "--data", data);
        BadUsage("give one of --model and --logits", "--data", data, "--model", "a", "--logits", "b.csv");
        BadUsage("--threads is for a teacher that runs", "--data", data, "--logits", "b.csv", "--threads", "1");
        BadUsage("--data is missing", "--model", _task.Model);
        BadUsage("--max-length is 7; expected 8 or more", "--data", data, "--model", "a", "--max-length", "7");
        BadUsage("--batch-tokens is 0", "--data", data, "--model", "a", "--batch-tokens", "0");
        BadUsage("--out is 'a.bin'; expected a file ending in", "--data", data, "--model", "a", "--out", "a.bin");
    }

    private static void BadUsage(string message, params string[] words)
    {
        CliRun run = CliRun.Of(["teacher", .. words]);
        Assert.That((run.ExitCode, run.Out), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.Contain(message));
    }

    private static JsonElement Json(CliRun run) => JsonDocument.Parse(run.Succeeded().Out).RootElement;

    private CliRun Teacher(params string[] more) => CliRun.Of(
        ["teacher", "--model", _task.Model, "--data", _task.DataFile, "--cache", _task.Cache, .. more]);
}
