using System.Text.Json;

namespace OrtTrainer.Tests.Cli;

public sealed class FinetuneTests
{
    private DeskTask _desk = null!;

    [SetUp]
    public void Make() => _desk = new DeskTask();

    [TearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void A_run_prints_its_facts_its_evaluations_and_live_against_averaged()
    {
        CliRun run = CliRun.Of(_desk.Finetune("out", "--eval-steps", "3")).Succeeded();

        string[] facts = [.. run.Lines.TakeWhile(line => !line.StartsWith("scores", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("warning", StringComparison.Ordinal))];
        Assert.That(facts.Select(line => line.Split(' ')[0]), Is.EqualTo(new[]
        {
            "model", "new", "examples", "eval", "tokens", "steps", "method", "device", "memory", "output",
        }));
        Assert.That(facts, Does.Contain("new weights  classifier.weight, classifier.bias, at random"));
        Assert.That(facts, Does.Contain("examples     12 train, 6 eval, 4 test; 2 labels"));
        Assert.That(facts, Does.Contain("steps        6 of 4 examples, 3 per epoch"));
        Assert.That(facts, Does.Contain("device       cpu, 1 thread, fp32, C# kernels"));
        Assert.That(run.Out, Does.Contain("warning: train: 6 of 12 rows come more than once in train.\n"));
        Assert.That(run.Out, Does.Match(
            @"\nscores: accuracy on eval; \* best so far\n" +
            @"step  epoch     loss      rate  eval loss      live  averaged  tokens/s     left\n"));
        const string Loss = @"\d\.\d{4}", Speed = @"[\d,]+ +\d:\d\d\n";
        Assert.That(run.Out, Does.Match($@"\n   1 +0\.33 +{Loss} +0 +- +- +- +{Speed}"));
        Assert.That(run.Out, Does.Match($@"\n   3 +1\.00 +{Loss} +\S+ +{Loss} +{Loss}\* +- +{Speed}"));
        Assert.That(run.Out, Does.Match($@"\n   6 +2\.00 +{Loss} +\S+ +{Loss} +{Loss}[* ] +{Loss}\* +{Speed}"));
        Assert.That(run.Out, Does.Match(@"\n  averaged \(3\) +\d\.\d{4} +\d\.\d{4} +\d\.\d{4} +\n"));
        Assert.That(run.Out, Does.Match(@"\nexported: the (live|averaged) weights, "));
        Assert.That(run.Lines[^1], Does.Match(@"^  orttrainer predict --model .*out --input FILE$"));
    }

    [Test]
    public void Labels_that_may_be_meant_as_one_are_a_warning_once()
    {
        _desk.Write("train.tsv", File.ReadAllText(_desk.Train) + "the bill is wrong\tBilling\n");

        CliRun run = CliRun.Of(_desk.Finetune("out")).Succeeded();
        CliRun json = CliRun.Of(_desk.Finetune("json", "--json")).Succeeded();

        const string Warning = "labels 'Billing' (1 row) and 'billing' (11 rows) differ in case only; they are learned "
            + "as 2 different labels. If they mean the same, write them alike in the data.";
        Assert.That(run.Lines, Has.One.Contains("differ in case").And.One.EqualTo($"warning: {Warning}"));
        JsonElement facts = JsonDocument.Parse(json.Lines[0]).RootElement.GetProperty("facts");
        Assert.That(facts.GetProperty("warnings").EnumerateArray().Select(line => line.GetString()),
            Has.One.EqualTo(Warning));
    }

    [Test]
    public void What_the_look_of_a_file_decided_is_a_note_once_and_no_warning()
    {
        string table = _desk.Write("desk.csv", File.ReadAllText(_desk.Train).Replace('\t', ';'));
        string[] words = _desk.Finetune("out");
        words[Array.IndexOf(words, "--train") + 1] = table;
        words[Array.IndexOf(words, "--eval") + 1] = table;

        CliRun run = CliRun.Of(words).Succeeded();

        string note = $"{table}: fields are separated by ';', as its first line shows; a comma in a number is its "
            + "decimal point.";
        Assert.That(run.Lines, Has.One.Contains("separated by").And.One.EqualTo($"note: {note}"));
        string report = File.ReadAllText(Path.Combine(_desk.File("out"), "run", "report.html"));
        Assert.That(report.IndexOf("How it was read:", StringComparison.Ordinal), Is.Positive.And.LessThan(
            report.IndexOf("fields are separated by", StringComparison.Ordinal)));
    }

    [Test]
    public void The_exported_folder_and_the_run_s_own_files_are_there()
    {
        CliRun.Of(_desk.Finetune("out")).Succeeded();

        string[] expected =
        [
            "config.json", "onnx/model.onnx", "model.safetensors", "tokenizer.json",
            "run/options.json", "run/metrics.jsonl", "run/summary.json", "run/checkpoint.safetensors",
        ];
        Assert.That(expected.Where(file => !File.Exists(Path.Combine(_desk.File("out"), file))), Is.Empty);
    }

    [Test]
    public void Quiet_prints_nothing_but_the_result()
    {
        CliRun run = CliRun.Of(_desk.Finetune("out", "--quiet")).Succeeded();

        Assert.That(run.Lines[0].Trim(), Is.Empty);
        Assert.That(run.Lines[1], Does.Match("^  weights +eval accuracy +eval loss +test accuracy +$"));
        Assert.That(run.Lines[^1], Does.StartWith("trained: 6 steps in "));
    }

    [Test]
    public void Json_prints_an_object_per_event_and_nothing_else()
    {
        CliRun run = CliRun.Of(_desk.Finetune("out", "--json", "--eval-steps", "3")).Succeeded();

        JsonElement[] events = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        string[] names = [.. events.Select(e => e.GetProperty("event").GetString()!)];
        Assert.That(names, Is.EqualTo(new[]
        {
            "started", "step", "step", "step", "evaluated", "step", "step", "step", "evaluated", "saved", "finished",
        }));
        Assert.That(events[0].GetProperty("facts").GetProperty("total_steps").GetInt64(), Is.EqualTo(6));
        Assert.That(events[4].GetProperty("live").GetProperty("accuracy").GetDouble(), Is.InRange(0, 1));
        JsonElement summary = events[^1].GetProperty("summary");
        JsonElement saved = JsonDocument
            .Parse(File.ReadAllText(Path.Combine(_desk.File("out"), "run", "summary.json"))).RootElement;
        Assert.That(summary.GetProperty("n_averaged").GetInt64(),
            Is.EqualTo(saved.GetProperty("n_averaged").GetInt64()));
    }

    [Test]
    public void Two_runs_of_one_command_line_export_the_same_bytes()
    {
        CliRun.Of(_desk.Finetune("a", "--quiet")).Succeeded();
        CliRun.Of(_desk.Finetune("b", "--quiet")).Succeeded();

        Assert.That(
            File.ReadAllBytes(Path.Combine(_desk.File("a"), "model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(_desk.File("b"), "model.safetensors"))));
    }

    [Test]
    public void Function_bodies_take_the_place_of_kernels_where_asked()
    {
        CliRun run = CliRun.Of(_desk.Finetune("out", "--no-kernels", "--method", "finetune")).Succeeded();

        Assert.That(run.Lines, Does.Contain("device       cpu, 1 thread, fp32, function bodies"));
        Assert.That(run.Lines, Does.Contain("method       finetune, learning rate 5E-05 linear, seed 1"));
        Assert.That(run.Lines, Does.Contain("exported: the live weights, there being no others"));
    }
}
