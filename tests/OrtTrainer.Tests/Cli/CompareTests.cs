using System.Text.Json;

namespace OrtTrainer.Tests.Cli;

/// <summary>The verb compare, on two short runs.</summary>
public sealed class CompareTests
{
    private DeskTask _desk = null!;

    private string First => _desk.File("first");

    private string Second => _desk.File("second");

    [OneTimeSetUp]
    public void Train()
    {
        _desk = new DeskTask();
        CliRun.Of(_desk.Finetune("first", "--quiet", "--lr", "0.03")).Succeeded();
        CliRun.Of(_desk.Finetune("second", "--quiet", "--seed", "2", "--method", "finetune")).Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void The_table_counts_the_predictions_of_both_runs()
    {
        JsonElement json = Json("compare", First, Second, "--json");

        bool[] first = Right(First, _desk.Eval), second = Right(Second, _desk.Eval);
        int both = Count((a, b) => a && b), onlyFirst = Count((a, b) => a && !b), onlySecond = Count((a, b) => !a && b);
        Assert.That(
            (json.GetProperty("both_right").GetInt32(),
                json.GetProperty("mcnemar").GetProperty("only_first").GetInt32(),
                json.GetProperty("mcnemar").GetProperty("only_second").GetInt32(),
                json.GetProperty("neither_right").GetInt32()),
            Is.EqualTo((both, onlyFirst, onlySecond, first.Length - both - onlyFirst - onlySecond)));
        Assert.That(json.GetProperty("interval").GetProperty("difference").GetDouble(),
            Is.EqualTo((onlySecond - onlyFirst) / (double)first.Length).Within(1e-12));
        Assert.That(json.GetProperty("first").GetProperty("score").GetDouble(),
            Is.EqualTo((both + onlyFirst) / (double)first.Length).Within(1e-12));

        int Count(Func<bool, bool, bool> which) => first.Zip(second, which).Count(x => x);
    }

    [Test]
    public void Settings_that_differ_are_listed_and_no_others()
    {
        IEnumerable<string> names = Json("compare", First, Second, "--json").GetProperty("settings").EnumerateArray()
            .Select(setting => setting.GetProperty("name").GetString()!);

        Assert.That(names, Is.SupersetOf(new[] { "method", "seed", "learning_rate", "schedule" }));
        Assert.That(names, Has.None.EqualTo("output").And.None.EqualTo("batch_size").And.None.EqualTo("data.train"));
    }

    [Test]
    public void People_read_scores_table_interval_verdict_and_settings()
    {
        CliRun run = CliRun.Of("compare", First, Second, "--test").Succeeded();

        Assert.That(run.Out, Does.Match("(?s)^A: .*first, (live|averaged) weights: accuracy [01]\\.\\d{4}\n"
            + "B: .*second, live weights: accuracy [01]\\.\\d{4}\non 4 examples of .*test.tsv\n\n"
            + " {12}   B right   B wrong\nA right      +\\d+ +\\d+\nA wrong      +\\d+ +\\d+\n"
            + "McNemar's exact test: A alone right on \\d, B alone on \\d, p = "));
        Assert.That(run.Out, Does.Match("\naccuracy, B - A: [+-]?0\\.\\d+, 95 % paired bootstrap interval "));
        // Four examples cannot reach 0.05: even 4 against 0 has p = 1/8.
        Assert.That(run.Out, Does.Contain("\nno difference shown\n"));
        Assert.That(run.Out, Does.Match("\n  seed +1  2\n"));
        Assert.That(run.Out, Does.Not.Contain("chose their weights on these data"));
    }

    [Test]
    public void A_run_against_itself_shows_no_difference_and_no_settings()
    {
        CliRun run = CliRun.Of("compare", First, First).Succeeded();

        Assert.That(run.Out, Does.Contain("p = 1 (the models are right on the same examples)\n"));
        Assert.That(run.Out, Does.Contain("all settings are the same\n"));
        Assert.That(run.Out, Does.Contain("note: both runs chose their weights on these data;"));
    }

    [Test]
    public void Another_metric_and_another_file_may_be_asked_for()
    {
        string other = _desk.Write(
            "other.tsv", "text\tlabel\nno parcel at my door\tdelivery\nrefund my card\tbilling\n");

        JsonElement json = Json("compare", First, Second, "--data", other, "--metric", "log_loss", "--json");

        Assert.That((json.GetProperty("examples").GetInt32(), json.GetProperty("metric").GetString()),
            Is.EqualTo((2, "log_loss")));
        JsonElement scores = Json("evaluate", "--model", Second, "--data", other, "--json").GetProperty("values");
        Assert.That(json.GetProperty("second").GetProperty("score").GetDouble(),
            Is.EqualTo(scores.GetProperty("log_loss").GetDouble()).Within(1e-9));
    }

    [Test]
    public void Evaluation_data_that_changed_since_the_run_are_noticed()
    {
        string eval = File.ReadAllText(_desk.Eval);
        try
        {
            File.WriteAllText(_desk.Eval, eval.Replace("\tbilling", "\tx").Replace("\tdelivery", "\tbilling")
                .Replace("\tx", "\tdelivery"));
            CliRun run = CliRun.Of("compare", First, Second).Succeeded();

            Assert.That(run.Out, Does.Contain($"note: {First}: the loss on its evaluation data was "));
            Assert.That(run.Out, Does.Contain("now: the data or the model have changed since\n"));
        }
        finally
        {
            File.WriteAllText(_desk.Eval, eval);
        }

        Assert.That(CliRun.Of("compare", First, Second).Succeeded().Out, Does.Not.Contain("have changed since"));
    }

    [Test]
    public void Runs_on_different_data_are_refused_naming_both_and_one_file_helps()
    {
        string eval = _desk.Write("eval2.tsv", "text\tlabel\nwhere is my parcel\tdelivery\nrefund my card\tbilling\n");
        CliRun.Of("finetune", "--model", _desk.Model, "--train", _desk.Train, "--eval", eval, "--max-steps", "1",
            "--threads", "1", "--quiet", "--out", _desk.File("elsewhere")).Succeeded();
        string third = _desk.File("elsewhere");

        CliRun run = CliRun.Of("compare", First, third);

        Assert.That(run, Is.EqualTo(new CliRun(1, "",
            $"error: The evaluation data differ: {First} has 6 examples of {_desk.Eval}, {third} 2 of {eval}. "
            + "Give one file for both as --data.\n")));
        CliRun.Of("compare", First, third, "--data", _desk.Test).Succeeded();
    }

    [Test]
    public void Runs_with_other_labels_are_refused_naming_both()
    {
        string train = _desk.Write("t3.tsv",
            "text\tlabel\nwhere is my parcel\tparcel\nrefund my card\tcard\nno parcel\tparcel\nmy card please\tcard\n");
        CliRun.Of("finetune", "--model", _desk.Model, "--train", train, "--eval", train, "--max-steps", "1",
            "--threads", "1", "--quiet", "--out", _desk.File("labels")).Succeeded();

        CliRun run = CliRun.Of("compare", First, _desk.File("labels"));

        Assert.That(run, Is.EqualTo(new CliRun(1, "",
            $"error: The labels differ: {First} has billing, delivery; {_desk.File("labels")} has card, parcel. "
            + "Compare runs on one task.\n")));
    }

    [Test]
    public void A_folder_without_a_run_is_refused()
    {
        CliRun run = CliRun.Of("compare", First, _desk.Model);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"error: {_desk.Model}: there is no finished run;"));
    }

    [TestCase("compare", "two runs are needed: compare RUN RUN, the --out folders of finished runs.")]
    [TestCase("compare A", "two runs are needed: compare RUN RUN, the --out folders of finished runs.")]
    [TestCase("compare A B C", "C belongs to no option; quote values that contain spaces.")]
    [TestCase("compare A B --test --data F", "--test and --data exclude each other: the runs' test data, or a file.")]
    public void Bad_usage_is_one_line(string words, string expected) =>
        Assert.That(CliRun.Of(words.Split(' ')), Is.EqualTo(new CliRun(2, "", $"error: {expected}\n")));

    [Test]
    public void An_unknown_metric_is_bad_usage()
    {
        CliRun run = CliRun.Of("compare", First, Second, "--metric", "acc");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("error: There is no metric 'acc' for classification;"));
    }

    private static JsonElement Json(params string[] words) =>
        JsonDocument.Parse(CliRun.Of(words).Succeeded().Out).RootElement;

    private static bool[] Right(string model, string file)
    {
        IEnumerable<string> labels = File.ReadLines(file).Skip(1).Select(row => row.Split('\t')[1]);
        IEnumerable<string> predicted = CliRun.Of("predict", "--model", model, "--input", file).Succeeded().Lines
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("label").GetString()!);
        return [.. labels.Zip(predicted, (label, prediction) => label == prediction)];
    }
}
