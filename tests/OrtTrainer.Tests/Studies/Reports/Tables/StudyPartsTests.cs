using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Runs;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports.Tables;

namespace OrtTrainer.Tests.Studies.Reports.Tables;

internal sealed class StudyPartsTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("study").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Methods_are_ranked_over_tasks_with_the_best_first()
    {
        // Ranks 1, 2, 3 and 1, 3, 2: sums 2, 5, 5, so that χ² = 12/(2·3·4)·54 - 24 = 3 and p = exp(-3/2).
        TaskRanking ranking = TaskRanking.Of(StudyTable.Of(Synthetic.Results(
            Run("a", "trec", 0.9), Run("b", "trec", 0.8), Run("c", "trec", 0.7),
            Run("a", "cola", 0.5), Run("b", "cola", 0.3), Run("c", "cola", 0.4)))).Single();

        Assert.That(ranking.Methods, Is.EqualTo(new[] { ("a", 1.0), ("b", 2.5), ("c", 2.5) }));
        Assert.That(ranking.Test!.ChiSquared, Is.EqualTo(3).Within(1e-9));
        Assert.That(ranking.Test.P, Is.EqualTo(Math.Exp(-1.5)).Within(1e-9));
    }

    [Test]
    public void A_lower_error_ranks_first()
    {
        StudyRun[] runs = [Run("a", "sts", 0.9), Run("b", "sts", 0.1)];

        TaskRanking ranking = TaskRanking.Of(StudyTable.Of(
            Synthetic.Results([.. runs.Select(run => run with { Metric = "mse" })]))).Single();

        Assert.That(ranking.Methods, Is.EqualTo(new[] { ("a", 2.0), ("b", 1.0) }));
        Assert.That(ranking.Refusal, Does.Contain("needs 2 tasks and 3 methods with scores; here are 1 and 2"));
    }

    [Test]
    public void A_method_without_a_score_somewhere_is_not_ranked()
    {
        TaskRanking ranking = TaskRanking.Of(StudyTable.Of(Synthetic.Results(
            Run("a", "trec", 0.9), Run("b", "trec", 0.8), Run("a", "cola", 0.9), Run("b", "cola", null)))).Single();

        Assert.That(ranking.Methods.Select(method => method.Method), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void A_curve_is_the_mean_over_seeds_where_all_were_evaluated()
    {
        StudyRun first = Curved((10, 0.5), (20, 0.7), (30, 0.9));
        StudyRun second = Curved((10, 0.6), (20, 0.8));

        IReadOnlyList<LinePoint> curve = CurveMean.Of([first, second], ScoreScale.Of("accuracy"), averaged: false);

        Assert.That(curve.Select(p => p.X), Is.EqualTo(new[] { 10.0, 20 }));
        Assert.That(curve.Select(p => p.Y), Is.EqualTo(new[] { 55.0, 75 }).Within(1e-9));
        Assert.That(curve.Select(p => p.Low!.Value), Is.EqualTo(new[] { 50.0, 70 }).Within(1e-9));
        Assert.That(curve.Select(p => p.High!.Value), Is.EqualTo(new[] { 60.0, 80 }).Within(1e-9));
        Assert.That(CurveMean.Of([first, second], ScoreScale.Of("accuracy"), averaged: true), Is.Empty);
        Assert.That(CurveMean.Of([first], ScoreScale.Of("mcc"), averaged: false), Is.Empty);
    }

    [Test]
    public void Settings_are_split_into_what_is_common_and_what_differs()
    {
        StudyRun[] runs =
        [
            Run("finetune", "trec", 0.5), Run("swa", "trec", 0.5),
            Run("finetune", "cola", 0.5), Run("swa", "cola", 0.5),
        ];
        foreach (StudyRun run in runs)
        {
            double rate = run.Method == "swa" ? 0.0001 : 0.00005;
            WriteOptions(run, $$"""
                {"method": "{{run.Method}}", "learning_rate": {{rate:0.#####}}, "epochs": 3, "seed": 1, "output": "x",
                 "dropout": null,
                 "data": {"train": "{{run.Task}}.tsv"} }
                """);
        }

        StudySettings settings = StudySettings.Read(Synthetic.Results(runs), _folder);

        Assert.That(settings.Common()!.Rows, Is.EqualTo(new[] { new[] { "epochs", "3" } }));
        Assert.That(settings.ByMethod()!.Header, Is.EqualTo(new[] { "setting", "finetune", "swa" }));
        Assert.That(settings.ByMethod()!.Rows, Is.EqualTo(new[]
        {
            new[] { "method", "finetune", "swa" }, ["learning_rate", "0.00005", "0.0001"],
        }));
        Assert.That(settings.ByGroup()!.Rows, Is.EqualTo(new[] { new[] { "data.train", "trec.tsv", "cola.tsv" } }));
    }

    [Test]
    public void A_setting_that_differs_both_ways_is_listed_or_counted()
    {
        StudyRun[] runs =
        [
            Run("finetune", "trec", 0.5), Run("swa", "trec", 0.5),
            Run("finetune", "cola", 0.5), Run("swa", "cola", 0.5),
        ];
        string[] rates = ["1E-05", "2E-05", "3E-05", "4E-05"];
        foreach ((StudyRun run, string rate) in runs.Zip(rates))
        {
            WriteOptions(run, $$"""{"learning_rate": {{rate}}, "model": "a/long/path/of/the/teacher/{{rate}}"}""");
        }

        StudySettings settings = StudySettings.Read(Synthetic.Results(runs), _folder);

        Assert.That(settings.ByMethod()!.Rows, Is.EqualTo(new[]
        {
            new[] { "learning_rate", "1E-05 or 3E-05", "2E-05 or 4E-05" }, ["model", "2 values", "2 values"],
        }));
        Assert.That(settings.ByGroup()!.Rows[0],
            Is.EqualTo(new[] { "learning_rate", "1E-05 or 2E-05", "3E-05 or 4E-05" }));
    }

    [Test]
    public void A_teacher_s_own_training_is_told()
    {
        StudyRun taught = Run("kd", "trec", 0.5);
        string teacher = Path.Combine(_folder, "teachers", "big");
        WriteOptions(taught, $$"""{"teacher": {"model": {{JsonSerializer.Serialize(teacher)}} } }""");
        StudySettings settings = StudySettings.Read(Synthetic.Results(taught), _folder);
        StudyGroup group = StudyTable.Of(Synthetic.Results(taught)).Single().Group;

        IReadOnlyList<string> before = StudyTeachers.Notes(group, settings);
        Directory.CreateDirectory(Path.Combine(teacher, "run"));
        File.WriteAllText(RunFolder.SummaryFileOf(teacher), JsonSerializer.Serialize(new RunSummary
        {
            Metric = "accuracy", Live = 0.5, Averaged = 0.875, Exported = "averaged", TrainSeconds = 61.25,
            EvalLive = new Dictionary<string, double>(), Seed = 0, Steps = 3, ExamplesPerSecond = 1,
            TokensPerSecond = 1, NAveraged = 1, ExportDifference = 0,
        }, RunJson.Options));

        Assert.That(before, Is.Empty, "a teacher from elsewhere");
        Assert.That(StudyTeachers.Notes(group, settings), Is.EqualTo(new[]
        {
            "kd: its teacher, big, was trained before, in 61.3 s, and scored 87.50 (accuracy × 100) on its " +
                "evaluation data. Its training serves all runs that learn from it and is not in the table.",
        }));
        Assert.That(StudyTeachers.Notes(group with { Task = "cola" }, settings), Is.Empty);
    }

    [Test]
    public void Settings_of_runs_whose_folders_are_gone_are_passed_over()
    {
        StudySettings settings = StudySettings.Read(Synthetic.Study(), _folder);

        Assert.That(settings.Common(), Is.Null);
        Assert.That(settings.ByMethod(), Is.Null);
    }

    [Test]
    public void Damaged_settings_are_named_with_their_file()
    {
        StudyRun run = Run("finetune", "trec", 0.5);
        WriteOptions(run, "{\"epochs\": ");

        Assert.That(
            () => StudySettings.Read(Synthetic.Results(run), _folder),
            Throws.InstanceOf<RunException>().With.Message.Contains("options.json: this is no JSON"));
    }

    [TestCase("\"keep_best\": true", true)]
    [TestCase("\"patience\": 2", true)]
    [TestCase("\"keep_best\": false, \"patience\": null", false)]
    public void Runs_that_end_with_their_best_step_are_known(string options, bool expected)
    {
        StudyRun run = Run("finetune", "trec", 0.5);
        WriteOptions(run, $"{{{options}}}");

        StudySettings settings = StudySettings.Read(Synthetic.Results(run), _folder);

        Assert.That(settings.EndWithBest("trec"), Is.EqualTo(expected));
        Assert.That(settings.EndWithBest("cola"), Is.False);
    }

    [Test]
    public void The_outcome_is_counted_and_named_in_words()
    {
        double[] noise = [0.000, 0.010, 0.004, 0.007, 0.002];
        StudyResults results = Synthetic.Results(
        [
            .. noise.Select((n, i) => Synthetic.Scored("finetune", i, 0.5 + n)),
            .. noise.Select((n, i) => Synthetic.Scored("swa", i, 0.55 + n + (i % 2 * 0.001))),
            .. noise.Select((n, i) => Synthetic.Scored("ema", i, 0.5 + (0.01 - n))),
        ]);

        StudyWords words = new(results, StudyTable.Of(results));

        Assert.That(words.Outcome(), Does.StartWith(
            "Of 2 comparisons with finetune, 1 shows a better score, 0 a worse one, and in 1 no difference is shown"));
        Assert.That(words.ByGroup(), Is.EqualTo(new[]
        {
            "trec, pretrained (accuracy × 100): swa better by 5.04; no difference shown for ema.",
        }));
        Assert.That(words.Limits()[0], Does.Contain("With 5 pairs").And.Contain("cannot go below p = 0.0625"));
        Assert.That(words.Extent(), Does.Contain("5 seeds").And.Contain("All 15 runs are done"));
    }

    private static StudyRun Run(string method, string task, double? score) => Synthetic.Scored(method, 1, score, task);

    private static StudyRun Curved(params (long Step, double Score)[] points) => Run("a", "trec", 0.5) with
    {
        Curve =
        [
            .. points.Select(p => new EvaluationPoint(
                p.Step, new Dictionary<string, double> { ["accuracy"] = p.Score }, null)),
        ],
    };

    private void WriteOptions(StudyRun run, string json)
    {
        string file = RunFolder.OptionsFileOf(Path.Combine(_folder, run.Folder));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, json);
    }
}
