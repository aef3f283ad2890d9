using OrtTrainer.Reports;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;
using OrtTrainer.Studies.Reports.Tables;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Reports.Tables;

internal sealed class StudyTableTests
{
    [Test]
    public void Runs_of_the_same_seeds_are_compared_in_pairs_in_the_unit_printed()
    {
        MethodRow row = Row("swa", Of("finetune", 0.90, 0.91, 0.92), Of("swa", 0.91, 0.93, 0.925));

        // Differences of 1, 2 and 0.5 points: mean 7/6, squares of deviations 7/6, t = √7; with two degrees of freedom
        // p = 1 - t/√(t² + 2) = 1 - √7/3, and the critical value is 4.302652729911275.
        Comparison comparison = row.Comparison!;
        Assert.That(comparison.IsPaired, Is.True);
        Assert.That(comparison.Difference.Difference, Is.EqualTo(7.0 / 6).Within(1e-9));
        Assert.That(comparison.T.P, Is.EqualTo(1 - (Math.Sqrt(7) / 3)).Within(1e-9));
        double half = 4.302652729911275 * Math.Sqrt(7.0 / 12 / 3);
        Assert.That(comparison.Difference.Lower, Is.EqualTo((7.0 / 6) - half).Within(1e-6));
        Assert.That(row.Score.Mean, Is.EqualTo(92.166666666).Within(1e-6));
    }

    [Test]
    public void Pairs_are_formed_on_common_seeds_and_the_table_says_so()
    {
        StudyTable table = Table(
        [
            Run("finetune", 1, 0.1), Run("finetune", 2, 0.5), Run("finetune", 3, 0.6), Run("finetune", 4, 0.7),
            Run("swa", 4, 0.72), Run("swa", 3, 0.61), Run("swa", 2, 0.53), Run("swa", 9, 0.9),
        ]);

        Comparison comparison = table.Rows[1].Comparison!;
        Assert.That(comparison.MethodRuns.Count, Is.EqualTo(3));
        Assert.That(comparison.Difference.Difference, Is.EqualTo(2).Within(1e-9));
        Assert.That(Cells(table, "swa")[1], Is.EqualTo("4 (3 in pairs)"));
        Assert.That(
            Notes(table), Has.Some.Contains("compared in pairs on the 3 seeds that it has in common with finetune"));
    }

    [Test]
    public void Runs_without_common_seeds_are_independent_samples()
    {
        StudyTable table = Table(
        [
            Run("finetune", 1, 0.50), Run("finetune", 2, 0.52), Run("swa", 3, 0.60), Run("swa", 4, 0.66),
        ]);

        // Means 51 and 63, variances 2 and 18, each by two: t = 12/√10 with 100/(1 + 81) degrees of freedom.
        Comparison comparison = table.Rows[1].Comparison!;
        Assert.That(comparison.IsPaired, Is.False);
        Assert.That(Math.Abs(comparison.T.T), Is.EqualTo(12 / Math.Sqrt(10)).Within(1e-9));
        Assert.That(comparison.T.DegreesOfFreedom, Is.EqualTo(100.0 / 82).Within(1e-9));
        Assert.That(Printed(table).Header, Is.SupersetOf(new[] { "Welch t p", "Mann-Whitney p", "effect g" }));
        Assert.That(Cells(table, "swa")[1], Is.EqualTo("2 (not paired)"));
        Assert.That(Notes(table), Has.Some.Contains("shares no seed with finetune"));
    }

    [Test]
    public void One_seed_shows_means_and_refuses_tests_with_the_reason()
    {
        StudyTable table = Table([.. Of("finetune", 0.9), .. Of("swa", 0.95)]);

        string[] cells = Cells(table, "swa");
        Assert.That(cells[2], Is.EqualTo("95.00"));
        Assert.That(cells[3..^1], Has.All.EqualTo("–"));
        Assert.That(cells[^1], Is.EqualTo("not compared: one seed only: no spread to compare a difference with"));
    }

    [TestCase("1 2 3", "3 4 5", "one seed in common: neither pairs nor independent runs")]
    [TestCase("1 2 3", "1", "one seed only: no spread to compare a difference with")]
    [TestCase("1", "1 2 3", "one seed only: no spread to compare a difference with")]
    [TestCase("", "1 2", "the baseline has no finished run with a score")]
    [TestCase("1 2", "", "no finished run with a score")]
    public void Too_few_seeds_are_refused(string baseline, string method, string reason)
    {
        StudyTable table = Table(
        [
            Run("finetune", 99, null), Run("swa", 98, null),
            .. Seeds(baseline).Select(seed => Run("finetune", seed, 0.5 + (seed / 100.0))),
            .. Seeds(method).Select(seed => Run("swa", seed, 0.6 + (seed / 90.0))),
        ]);

        MethodRow row = table.Rows.Single(row => row.Method == "swa");
        Assert.That(row.Comparison, Is.Null);
        Assert.That(row.Refusal, Is.EqualTo(reason));
        Assert.That(Notes(table), Has.Some.EqualTo($"swa: not compared: {reason}."));
    }

    [Test]
    public void A_baseline_that_is_not_there_is_named_as_the_reason()
    {
        StudyTable table = Table([.. Of("ema", 0.5, 0.6), .. Of("swa", 0.5, 0.7)]);

        Assert.That(table.Rows.Select(row => row.Refusal), Has.All.EqualTo("the baseline has no runs here"));
    }

    [Test]
    public void Probabilities_of_a_table_are_corrected_together()
    {
        StudyTable table = Table(
        [
            .. Of("finetune", 0.90, 0.91, 0.92), .. Of("a", 0.910, 0.922, 0.931), .. Of("b", 0.90, 0.93, 0.92),
        ]);

        double[] p = [.. table.Comparisons.Select(c => c.T.P)];
        Assert.That(p[0], Is.LessThan(p[1]));
        double[] corrected = [2 * p[0], Math.Max(2 * p[0], p[1])];
        Assert.That(table.Comparisons.Select(c => c.HolmP), Is.EqualTo(corrected).Within(1e-12));
    }

    [Test]
    public void A_lower_error_is_better_and_is_not_a_percentage()
    {
        StudyRun[] runs =
        [
            .. Of("finetune", 0.500, 0.510, 0.520, 0.530), .. Of("swa", 0.4001, 0.4099, 0.4201, 0.4299),
        ];
        StudyTable table = Table([.. runs.Select(run => run with { Metric = "mse" })]);

        string[] cells = Cells(table, "swa");
        Assert.That(cells[3], Is.EqualTo("−0.1000"));
        Assert.That(cells[^1], Is.EqualTo("lower, better"));
        Assert.That(Printed(table).Caption, Does.Contain("mse (lower is better)"));
        Assert.That(Printed(table).EmphasizedRows, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void A_score_that_is_not_defined_is_left_out_and_reported()
    {
        StudyTable table = Table([.. Of("finetune", 0.5, 0.6, 0.7), .. Of("swa", 0.5, double.NaN, 0.8)]);

        Assert.That(table.Rows[1].Comparison!.MethodRuns.Count, Is.EqualTo(2));
        Assert.That(
            Notes(table), Has.Some.EqualTo(
                "swa: accuracy is not defined for 1 of 3 finished runs (seed 2), left out here."));
        Assert.That(Notes(table), Has.Some.StartsWith(
            "swa: compared in pairs on the 2 seeds that it has in common with finetune (seeds 1, 3)"));
        Assert.That(Cells(table, "swa")[1], Is.EqualTo("2 of 3"));
    }

    [Test]
    public void A_method_that_collapsed_is_named_in_the_gaps_and_so_are_verdicts_that_rest_on_fewer_pairs()
    {
        StudyRun[] runs =
        [
            .. Of("finetune", 0.5, 0.6, 0.7, 0.65, 0.6),
            .. Of("distillation", 0.4, double.NaN, double.NaN, double.NaN, double.NaN),
            .. Of("swa", 0.5, 0.61, double.NaN, double.NaN, double.NaN),
        ];
        Assert.That(StudyReport.Gaps(Synthetic.Results(runs)), Is.EqualTo(new[]
        {
            "trec, pretrained: distillation: accuracy is not defined for 4 of 5 finished runs (seeds 2, 3, 4, 5), " +
                "left out here.",
            "trec, pretrained: distillation: not compared: one seed only: no spread to compare a difference with.",
            "trec, pretrained: swa: accuracy is not defined for 3 of 5 finished runs (seeds 3, 4, 5), left out here.",
            "trec, pretrained: swa: compared in pairs on the 2 seeds that it has in common with finetune " +
                "(seeds 1, 2); the mean is that of all its 2 scores, the difference and the verdict those of the " +
                "pairs.",
        }));
        Assert.That(StudyReport.Gaps(Synthetic.Study()), Is.Empty);
    }

    [Test]
    public void Equal_runs_differ_by_nothing_and_say_so()
    {
        StudyTable table = Table([.. Of("finetune", 0.5, 0.6), .. Of("copy", 0.5, 0.6)]);

        Assert.That(Cells(table, "copy")[3], Is.EqualTo("0.00"));
        Assert.That(Cells(table, "copy")[^1], Is.EqualTo("no difference shown"));
        Assert.That(Notes(table), Has.Some.EqualTo("copy: all differences are zero."));
    }

    [TestCase(true, false, null)]
    [TestCase(null, false, null)]
    [TestCase(false, false, "Nothing was chosen by them: every run is scored at its last step")]
    [TestCase(false, true, "which also chose the step that runs end with, and are a little too good.")]
    public void Scores_of_evaluation_data_say_what_these_data_chose(bool? hasTest, bool endsWithBest, string? expected)
    {
        string[] notes =
        [
            .. ResultNotes.Of(Table([.. Of("finetune", 0.5, 0.6)]), hasTest, endsWithBest)
                .Where(note => note.Contains("no test data")),
        ];

        Assert.That(notes, Has.Length.EqualTo(expected is null ? 0 : 1));
        Assert.That(notes, Has.All.Contains(expected ?? ""));
    }

    [Test]
    public void Cost_counts_the_teacher_and_is_relative_to_the_baseline()
    {
        StudyRun taught = Run("distillation", 1, 0.5) with { Seconds = 11, TeacherSeconds = 4 };
        StudyRun cached = taught with { Seed = 2, Seconds = 13, TeacherSeconds = 0 };
        StudyTable table = Table([Run("finetune", 1, 0.5), taught, cached]);

        IReadOnlyList<string> cells = new ResultTables(table, "t").Cost().Rows[1];

        Assert.That(cells, Is.EqualTo(new[] { "distillation", "100", "12.0 s", "2.0 s", "14.0 s", "1.40 ×" }));
    }

    [Test]
    public void Live_and_averaged_weights_of_the_same_runs_stand_side_by_side()
    {
        StudyTable table = Table(
        [
            Run("finetune", 1, 0.5),
            Run("swa", 1, 0.6) with { Live = 0.55, Averaged = 0.6 },
            Run("swa", 2, 0.7) with { Live = 0.65, Averaged = 0.7 },
        ]);

        ReportTable compared = new ResultTables(table, "t").LiveAndAveraged()!;

        Assert.That(compared.Rows, Has.Count.EqualTo(1));
        string[] cells = ["swa", "2", "60.00 ± 7.07", "65.00 ± 7.07", "+5.00", "+5.00 to +5.00"];
        Assert.That(compared.Rows[0], Is.EqualTo(cells));
    }

    private static IReadOnlyList<string> Notes(StudyTable table) =>
        ResultNotes.Of(table, hasTest: null, endsWithBest: false);

    private static long[] Seeds(string list) =>
        [.. list.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];

    private static StudyRun Run(string method, long seed, double? score) => Synthetic.Scored(method, seed, score);

    private static StudyRun[] Of(string method, params double[] scores) =>
        [.. scores.Select((score, i) => Run(method, i + 1, score))];

    private static StudyTable Table(StudyRun[] runs) => StudyTable.Of(Synthetic.Results(runs)).Single();

    private static MethodRow Row(string method, params StudyRun[][] runs) =>
        Table([.. runs.SelectMany(own => own)]).Rows.Single(row => row.Method == method);

    private static ReportTable Printed(StudyTable table) => new ResultTables(table, "t").Main();

    private static string[] Cells(StudyTable table, string method) =>
        [.. Printed(table).Rows.Single(row => row[0] == method)];
}
