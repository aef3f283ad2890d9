using OrtTrainer.Runs;
using Spectre.Console;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The end of a run: live against averaged weights, which were exported and why.</summary>
internal static class RunResult
{
    public static void Print(RunSummary summary, Terminal terminal)
    {
        terminal.CreateConsole().Write(ScoreTable(summary));
        terminal.WriteLines(Lines(summary));
    }

    /// <summary>The conclusions in words.</summary>
    public static IEnumerable<string> Lines(RunSummary summary)
    {
        if (summary.DifferenceInterval is [var low, var high] && summary.Averaged is { } averaged)
        {
            string verdict = low > 0 || high < 0 ? "a difference beyond chance" : "no difference shown";
            yield return $"averaged - live on eval: {Figures.Difference(averaged - summary.Live)}, 95 % interval " +
                $"{Figures.Difference(low)} to {Figures.Difference(high)}: {verdict}";
        }

        yield return $"exported: the {summary.Exported} weights, {Reason(summary)}";
        if (summary.Warning is { } warning)
        {
            yield return $"warning: {warning}";
        }

        yield return FormattableString.Invariant(
            $"checked: the ONNX model's logits differ from the training graph's by {summary.ExportDifference:0.0e+0}")
            + " at most";
        foreach (string line in CalibrationOf(summary))
        {
            yield return line;
        }

        string end = summary.StoppedBy switch
        {
            "patience" => ", ended for want of better scores",
            "max_seconds" => ", ended by the time limit",
            _ => "",
        };
        string time = Figures.Time(TimeSpan.FromSeconds(summary.TrainSeconds));
        yield return $"trained: {Figures.Count(summary.Steps)} steps in {time}, "
            + $"{Figures.Count(summary.ExamplesPerSecond)} examples/s, "
            + $"{Figures.Count(summary.TokensPerSecond)} tokens/s{end}";
        if (summary.Stages is { } stages)
        {
            yield return $"layers trained: {stages}";
        }

        if (summary is { SkippedSteps: { } skipped, LossScale: { } scale })
        {
            yield return $"loss scale: {RunLines.Scale(scale)} at the end, "
                + $"{Figures.Count(skipped, "step")} left out for overflow";
        }

        if (summary.TeacherStepSeconds is { } teacher)
        {
            yield return FormattableString.Invariant(
                $"teacher: ran with the steps, {teacher / Math.Max(summary.TrainSeconds, 1e-9):0%} of their time");
        }
    }

    private static IEnumerable<string> CalibrationOf(RunSummary summary) => summary.Calibration is not { } fitted
        ? []
        : CalibrationLines.Of(fitted, fitted.Fitted!, "on eval")
            .Concat(fitted.Test is { } test ? CalibrationLines.Of(fitted, test, "on test") : []);

    private static Table ScoreTable(RunSummary summary)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("weights")
            .AddColumn(new TableColumn($"eval {summary.Metric}").RightAligned())
            .AddColumn(new TableColumn("eval loss").RightAligned());
        bool tested = summary.TestLive is not null;
        if (tested)
        {
            table.AddColumn(new TableColumn($"test {summary.Metric}").RightAligned());
        }

        Row("live", summary.Live, summary.EvalLive, summary.TestLive);
        if (summary.Averaged is { } averaged)
        {
            Row($"averaged ({Figures.Count(summary.NAveraged)})", averaged, summary.EvalAveraged!,
                summary.TestAveraged);
        }

        if (summary.Sampled is { } sampled)
        {
            Row("mean of draws", sampled, summary.EvalSampled!, summary.TestSampled);
        }

        return table;

        void Row(string name, double score, IReadOnlyDictionary<string, double> scores, double? test) => table.AddRow(
        [
            name, Figures.Score(score), Figures.Score(scores["loss"]),
            .. tested ? [Figures.Score(test)] : Array.Empty<string>(),
        ]);
    }

    private static string Reason(RunSummary summary) =>
        summary.Averaged is not { } averaged ? "there being no others"
        : averaged.Equals(summary.Live) ? "as scores on eval are equal, where the average is taken"
        : $"which have the better {summary.Metric} on eval";
}
