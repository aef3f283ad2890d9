using OrtTrainer.Evaluation;
using OrtTrainer.Runs;
using OrtTrainer.Studies.Comparisons;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The comparison of two runs, in lines: A is the first, B the second.</summary>
internal static class ComparisonLines
{
    public static IEnumerable<string> Of(RunComparison comparison) =>
    [
        Run("A", comparison.First, comparison.Metric),
        Run("B", comparison.Second, comparison.Metric),
        $"on {Figures.Count(comparison.Examples)} examples of {ShownPath.Of(comparison.Data)}",
        "",
        .. Table(comparison),
        Interval(comparison),
        Verdict(comparison),
        "",
        .. Settings(comparison),
        .. comparison.Notes.Select(note => $"note: {note}"),
    ];

    private static string Run(string letter, ComparedRun run, string metric)
    {
        string accuracy = metric != "accuracy" && run.Values.TryGetValue("accuracy", out double share)
            ? $", accuracy {Figures.Score(share)}"
            : "";
        return $"{letter}: {ShownPath.Of(run.Folder)}, {run.Weights} weights: {metric} {Figures.Score(run.Score)}"
            + accuracy;
    }

    private static IEnumerable<string> Table(RunComparison comparison)
    {
        if (comparison.McNemar is not { } test)
        {
            yield break;
        }

        yield return $"{"",12}{"B right",10}{"B wrong",10}";
        yield return $"{"A right",-12}{comparison.BothRight,10}{test.OnlyFirst,10}";
        yield return $"{"A wrong",-12}{test.OnlySecond,10}{comparison.NeitherRight,10}";
        yield return $"McNemar's exact test: A alone right on {test.OnlyFirst}, B alone on {test.OnlySecond}, "
            + $"p = {Figures.Short(test.P)}" + (test.Note is { } note ? $" ({note})" : "");
    }

    private static string Interval(RunComparison comparison)
    {
        BootstrapInterval interval = comparison.Interval;
        return interval.Resamples == 0
            ? $"{comparison.Metric}, B - A: not defined on these examples"
            : $"{comparison.Metric}, B - A: {Figures.Difference(interval.Difference)}, 95 % paired bootstrap interval "
                + $"{Figures.Difference(interval.Lower)} to {Figures.Difference(interval.Upper)}";
    }

    private static string Verdict(RunComparison comparison) => comparison.Verdict switch
    {
        "the first is better" => "A is better, on these examples and for these two sets of weights",
        "the second is better" => "B is better, on these examples and for these two sets of weights",
        _ => "no difference shown",
    };

    private static IEnumerable<string> Settings(RunComparison comparison)
    {
        if (comparison.Settings.Count == 0)
        {
            yield return "all settings are the same";
            yield break;
        }

        int width = comparison.Settings.Max(setting => setting.Name.Length);
        yield return "settings that differ (A, B):";
        foreach (SettingDifference setting in comparison.Settings)
        {
            yield return $"  {setting.Name.PadRight(width)}  {setting.First ?? "-"}  {setting.Second ?? "-"}";
        }
    }
}
