using System.Globalization;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Studies.Reports;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Tuning;

/// <summary>The report of a search: whether the best settings beat the defaults, and how they were found.</summary>
internal static class TuneDocument
{
    /// <summary>Writes report.html, to be read offline, and report.md into the search's folder.</summary>
    /// <exception cref="IOException">A file cannot be written; an old one stays.</exception>
    public static void Write(TuneResult result)
    {
        ReportDocument document = Of(result);
        string folder = result.Plan.Output;
        AtomicFile.WriteText(Path.Combine(folder, StudyReport.HtmlName), HtmlPage.Write(document));
        AtomicFile.WriteText(Path.Combine(folder, StudyReport.MarkdownName), MarkdownPage.Write(document));
    }

    /// <summary>The verdict on the best settings, a sentence each.</summary>
    public static IReadOnlyList<string> Verdict(TuneResult result)
    {
        if (result.Best.Number == 0)
        {
            return ["No trial scored better than the default settings on the evaluation data; they stay the best."
                + (result.Plan.Test is null ? "" : " The test data were not looked at.")];
        }

        return result.State.Test is { } test
            ? [TuneWords.Verdict(test), TestNumbers(test), .. Confirmation(result)]
            : [.. Confirmation(result), "There are no test data; scores on the data that chose are too good by the "
                + "choice."];
    }

    private static ReportDocument Of(TuneResult result)
    {
        TuneState state = result.State;
        string metric = result.Plan.Metric.Name;
        List<ReportBlock> blocks =
        [
            new ParagraphBlock(string.Create(CultureInfo.InvariantCulture,
                $"{state.Trials.Count} trials in {state.Seconds / 60:0.0} of {result.Options.Minutes:0.##} minutes, "
                + $"{result.Options.Jobs} at once with {result.Options.ThreadsPerJob} threads each. Trained on "
                + $"{result.Plan.Examples} examples; chosen by {metric} on {result.Plan.EvalExamples} others "
                + $"({result.Plan.EvalOrigin}).")),
            new ParagraphBlock(state.Test is { } test
                ? $"No trial saw {test.Data}. It was scored once, after the choice, by the best trial and the defaults."
                : "No test data were scored."),
            new HeadingBlock(2, "Verdict"),
            new ListBlock(Verdict(result)),
            new HeadingBlock(2, "Best settings"),
            new TableBlock(SettingsTable(result)),
            new CodeBlock($"orttrainer finetune --options {Path.Combine(result.Plan.Output, "best.json")} --out DIR"),
        ];
        if (state.Pairs.Any(pair => pair.Default is not null))
        {
            blocks.AddRange([new HeadingBlock(2, "With other seeds"), new TableBlock(PairsTable(result))]);
        }

        blocks.AddRange(
        [
            new HeadingBlock(2, "Best so far"),
            Progress(result),
            new HeadingBlock(2, "Which settings matter"),
            new ListBlock(SettingEffects.Of(result)),
            new HeadingBlock(2, "Trials"),
            new TableBlock(TrialsTable(result)),
            new HeadingBlock(2, "How it was searched"),
            new ListBlock(Method),
        ]);
        return new ReportDocument($"Search: {result.Options.File.Name}", blocks);
    }

    private static string[] Method =>
    [
        "Trial 0 is the default settings. The next ones are drawn at random until 10 have a result; then a "
            + "tree-structured Parzen estimator draws 24 candidates for each setting and takes the likeliest to be "
            + "among the best tenth (Bergstra et al. 2011).",
        "A trial pauses after a ninth and a third of the examples of the longest one, and goes on from its checkpoint "
            + "once it is in the best third of those that came as far (Li et al. 2020).",
        "All trials have one seed; three quarters of the time are for them, and no trial begins that could not end in "
            + "it. Runs with other seeds get what is left.",
        "The best trial is the one whose exported weights score best on the evaluation data.",
    ];

    private static string TestNumbers(TestResult test) =>
        $"On the test the difference is {ReportFigures.Difference(test.Difference ?? double.NaN, 4)}, 95 % paired "
        + $"bootstrap {ReportFigures.Difference(test.Lower ?? double.NaN, 4)} to "
        + $"{ReportFigures.Difference(test.Upper ?? double.NaN, 4)}"
        + (test.P is { } p ? $"; {test.OnlyBest} examples only the best gets right, {test.OnlyDefault} only the "
            + $"defaults, McNemar's exact p = {ReportFigures.Probability(p)}." : ".");

    private static IEnumerable<string> Confirmation(TuneResult result)
    {
        SeedPair[] pairs = [.. result.State.Pairs.Where(pair => pair is { Best: not null, Default: not null })];
        if (pairs.Length < 2)
        {
            string fitted = pairs.Length == 0 ? "No pair" : "One pair";
            yield return $"{fitted} of runs with another seed fitted into the time: too few to tell a difference of "
                + "settings from one of seeds.";
            yield break;
        }

        Comparison comparison = Comparison.Paired(
            "best", [.. pairs.Select(pair => pair.Best!.Value)],
            "default", [.. pairs.Select(pair => pair.Default!.Value)]);
        yield return $"On the evaluation data, over {pairs.Length} other seeds: "
            + $"{ReportFigures.Difference(comparison.Difference.Difference, 4)} on average, 95 % interval "
            + $"{ReportFigures.Difference(comparison.Difference.Lower, 4)} to "
            + $"{ReportFigures.Difference(comparison.Difference.Upper, 4)}, paired t test p = "
            + $"{ReportFigures.Probability(comparison.T.P)}: {Words(comparison, result.Plan.Metric)}.";
    }

    private static string Words(Comparison comparison, Metric metric) => comparison.Verdict switch
    {
        Statistics.Verdict.NoDifferenceShown => "no difference is shown",
        Statistics.Verdict.Higher when metric.HigherIsBetter => "the best settings are better",
        Statistics.Verdict.Lower when !metric.HigherIsBetter => "the best settings are better",
        _ => "the best settings are worse",
    };

    private static ReportTable SettingsTable(TuneResult result)
    {
        JsonObject best = result.Plan.ForFinetune(result.Best.Settings);
        JsonObject defaults = result.Plan.ForFinetune([]);
        return new ReportTable("Settings that were searched", ["setting", "best", "default"],
        [
            .. result.Options.File.Dimensions.Select(dimension => (IReadOnlyList<string>)
                [dimension.Name, Shown(dimension.Find(best)), Shown(dimension.Find(defaults))]),
        ])
        {
            TextColumns = [1, 2],
        };
    }

    private static string Shown(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? word)
        ? word
        : value?.ToJsonString() ?? ReportFigures.None;

    private static ReportTable PairsTable(TuneResult result) => new(
        $"{result.Plan.Metric.Name} on the evaluation data, with seeds that chose nothing", ["seed", "best", "default"],
        [
            .. result.State.Pairs.Select(pair => (IReadOnlyList<string>)
                [$"{pair.Seed}", TuneWords.Score(pair.Best), TuneWords.Score(pair.Default)]),
        ]);

    private static FigureBlock Progress(TuneResult result)
    {
        double best = double.NaN;
        List<LinePoint> points = [];
        foreach (Trial trial in result.State.Trials
            .Where(t => t is { Status: TrialStatus.Done, Score: not null }).OrderBy(t => t.EndedAt))
        {
            double minutes = trial.EndedAt!.Value / 60;
            if (result.Plan.Metric.IsBetter(trial.Score!.Value, best))
            {
                if (!double.IsNaN(best))
                {
                    points.Add(new LinePoint(minutes, best));
                }

                points.Add(new LinePoint(minutes, best = trial.Score.Value));
            }
        }

        if (points.Count > 0)
        {
            points.Add(new LinePoint(result.State.Seconds / 60, best));
        }

        LinePlot plot = new()
        {
            Title = "The best trial so far",
            Description = "The best score of a trial that came to its end, over the minutes of the search.",
            XLabel = "minutes",
            YLabel = result.Plan.Metric.Name,
            Series = [new LineSeries("best so far", points)],
        };
        return new FigureBlock([plot.ToInlineSvg()], plot.ToTable());
    }

    private static ReportTable TrialsTable(TuneResult result) => new(
        $"{result.Plan.Metric.Name} on the evaluation data at each pause and at the end",
        ["trial", "settings", "state", "first rung", "second rung", "end", "steps", "seconds"],
        [.. result.State.Trials.Select(trial => (IReadOnlyList<string>)
        [
            $"{trial.Number}", TuneWords.Settings(trial.Settings), trial.Status.ToString().ToLowerInvariant(),
            TuneWords.Score(trial.Scores.ElementAtOrDefault(0)), TuneWords.Score(trial.Scores.ElementAtOrDefault(1)),
            TuneWords.Score(trial.Score), $"{trial.Steps}", trial.Seconds.ToString("0", CultureInfo.InvariantCulture),
        ])])
    {
        TextColumns = [1, 2],
        EmphasizedRows = [result.Best.Number],
    };
}
