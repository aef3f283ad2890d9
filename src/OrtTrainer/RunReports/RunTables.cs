using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Reports;
using OrtTrainer.Runs;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.RunReports;

/// <summary>The tables of a run's report: scores, data, settings, cost.</summary>
internal static class RunTables
{
    private const int MostLabels = 100;

    /// <summary>All scores, a row per metric.</summary>
    public static ReportTable Scores(RunSummary summary)
    {
        (string Name, IReadOnlyDictionary<string, double>? Values)[] columns =
        [
            .. new (string, IReadOnlyDictionary<string, double>?)[]
            {
                ("eval, live", summary.EvalLive), ("eval, averaged", summary.EvalAveraged),
                ("eval, mean of draws", summary.EvalSampled), ("test, live", summary.TestLiveScores),
                ("test, averaged", summary.TestAveragedScores),
            }.Where(column => column.Item2 is not null),
        ];
        string[] metrics = [summary.Metric, .. summary.EvalLive.Keys.Where(name => name != summary.Metric)];
        return new ReportTable(
            $"Scores; {summary.Metric} decided", ["metric", .. columns.Select(column => column.Name)],
            [
                .. metrics.Select(metric => (string[])
                [
                    metric,
                    .. columns.Select(column => column.Values!.TryGetValue(metric, out double value)
                        ? ReportFigures.Fixed(value, 4)
                        : ReportFigures.None),
                ]),
            ])
        {
            EmphasizedRows = [0],
        };
    }

    /// <summary>How much there is in each part of the data.</summary>
    public static ReportTable Extent(RunData data) => new(
        "Lengths in tokens, before texts are cut to what the model reads",
        ["part", "examples", "tokens", "median", "90 %", "longest", "cut"],
        [.. Parts(data).Select(part => Row(part.Name, part.Data))]);

    /// <summary>How often each label comes; null for data without labels.</summary>
    public static ReportTable? Labels(RunData data)
    {
        (string Name, TargetSummary Targets)[] parts =
        [
            .. Parts(data).Where(part => part.Data.Source.Count == part.Data.Count)
                .Select(part => (part.Name, part.Data.Source.Targets.Summarize(part.Data.Source.Labels))),
        ];
        if (parts.Length == 0 || parts[0].Targets.LabelCounts.Count == 0)
        {
            return null;
        }

        IReadOnlyList<KeyValuePair<string, int>> labels = parts[0].Targets.LabelCounts;
        string more = labels.Count > MostLabels ? $", the first {MostLabels} of {labels.Count}" : "";
        return new ReportTable(
            $"Labels by {parts[0].Targets.Unit}{more}", ["label", .. parts.Select(part => part.Name)],
            [
                .. labels.Take(MostLabels).Select(label => (string[])
                [
                    label.Key,
                    .. parts.Select(part => ReportFigures.Count(part.Targets.LabelCounts
                        .FirstOrDefault(other => other.Key == label.Key).Value)),
                ]),
            ]);
    }

    /// <summary>Settings that are not what they are where nothing is said; null where all are.</summary>
    public static ReportTable? Settings(FineTuneOptions options)
    {
        FineTuneOptions defaults = new()
        {
            Model = options.Model, Output = options.Output, Method = options.Method,
            Data = new() { Train = options.Data.Train, Task = options.Data.Task },
        };
        SettingDifference[] found =
            [.. SettingDifference.Between(options, defaults.Resolve()).Where(setting => setting.First is not null)];
        return found.Length == 0
            ? null
            : new ReportTable("Settings that differ from the defaults", ["setting", "value", "default"],
            [
                .. found.Select(setting => (string[])
                    [setting.Name, Plain(setting.First), Plain(setting.Second)]),
            ]) { TextColumns = [1, 2] };
    }

    /// <summary>What the run took.</summary>
    public static ReportTable Cost(RunResults results)
    {
        (RunSummary summary, RunEvent.Started facts) = (results.Summary, results.Run.Facts);
        string ranks = facts.Ranks is { } count ? $"{count} ranks of " : "";
        List<string[]> rows =
        [
            ["optimizer steps", ReportFigures.Count(summary.Steps)],
            ["time of steps", ReportFigures.Seconds(summary.TrainSeconds)],
            ["tokens", ReportFigures.Count(results.Progress.Tokens)],
            ["examples", ReportFigures.Count(results.Progress.Examples)],
            ["tokens per second", ReportFigures.Count(summary.TokensPerSecond)],
            ["examples per second", ReportFigures.Count(summary.ExamplesPerSecond)],
            ["memory at the peak", Bytes(results.PeakMemory)],
            ["memory estimated before", Bytes(facts.MemoryEstimate)],
            [
                "device",
                $"{facts.Device}, {ranks}{facts.Threads} thread{(facts.Threads == 1 ? "" : "s")}, "
                    + facts.Precision.ToString().ToLowerInvariant(),
            ],
        ];
        if (summary.Stages is { } stages)
        {
            rows.Add(["layers trained", stages]);
        }

        if (summary.TeacherTrainSeconds is { } trained)
        {
            rows.Add(["time of the teacher's steps", ReportFigures.Seconds(trained)]);
        }

        if (summary.TeacherStepSeconds is { } taught)
        {
            rows.Add(["time of steps that the teacher took", ReportFigures.Seconds(taught)]);
        }

        return new ReportTable("What the run took", ["part", "amount"], rows);
    }

    private static IEnumerable<(string Name, EncodedDataset Data)> Parts(RunData data) =>
        new (string, EncodedDataset?)[] { ("train", data.Train), ("eval", data.Eval), ("test", data.Test) }
            .Where(part => part.Item2 is not null).Select(part => (part.Item1, part.Item2!));

    private static string[] Row(string name, EncodedDataset data)
    {
        LengthSummary lengths = data.Lengths;
        return
        [
            name, ReportFigures.Count(data.Count), ReportFigures.Count(data.Tokens),
            ReportFigures.Count(lengths.Median), ReportFigures.Count(lengths.Percentile90),
            ReportFigures.Count(lengths.Maximum), ReportFigures.Count(lengths.Truncated),
        ];
    }

    private static string Bytes(long bytes) => bytes >= 1_000_000_000
        ? $"{ReportFigures.Fixed(bytes / 1e9, 2)} GB"
        : $"{ReportFigures.Fixed(bytes / 1e6, 0)} MB";

    private static string Plain(string? json) => json is null or "null" ? ReportFigures.None : json.Trim('"');
}
