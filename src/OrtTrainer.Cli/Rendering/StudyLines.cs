using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The lines that tell of a study, for people.</summary>
internal static class StudyLines
{
    /// <summary>The line of an event; null for one that is not shown by a line.</summary>
    /// <param name="value">The event.</param>
    /// <param name="runs">Runs of the study in all.</param>
    public static string? Of(StudyEvent value, int runs) => value switch
    {
        StudyEvent.Started e => $"{e.Name}: {Figures.Count(e.Cells, "cell")}, {Figures.Count(e.Runs, "run")}"
            + (e.Done > 0 ? $", {e.Done} of them done" : "")
            + (e.Cluster is { } cluster
                ? $"; jobs of {cluster} with {Figures.Count(e.Threads, "thread")} each"
                : $"; {Jobs(e.Jobs, e.Threads)}"),
        StudyEvent.Queued e => $"queue: {Queue(e)}",
        StudyEvent.RunDone e =>
            $"{Progress(e.Done, runs)}  {e.Metric} {Figures.Score(e.Live)}"
            + (e.Averaged is { } averaged ? $", averaged {Figures.Score(averaged)}" : "")
            + $"  {Figures.Time(TimeSpan.FromSeconds(e.Seconds))}  {e.Label}",
        StudyEvent.RunFailed e => $"{"failed".PadLeft(Progress(0, runs).Length)}  {e.Label}: {OneLine(e.Error)}",
        StudyEvent.Chosen { Choice: var c } =>
            $"chosen: {c.Setting} {c.Chosen} for {c.Model} / {c.Initialization} / {c.Task} / {c.Method} ("
            + string.Join("; ", c.Scores.Select(score => $"{score.Key}: {Figures.Score(score.Value)}")) + ")",
        StudyEvent.Noted e => $"note: {OneLine(e.Message)}",
        _ => null,
    };

    /// <summary>What came out, and where it is.</summary>
    public static IEnumerable<string> End(StudyResults results, string folder)
    {
        int done = results.Runs.Count(run => run.Status == StudyRunStatus.Done);
        int failed = results.Runs.Count(run => run.Status == StudyRunStatus.Failed);
        yield return $"{done} of {Figures.Count(results.Runs.Count, "run")} done"
            + (failed > 0 ? $", {failed} failed; the same command tries them again" : "");
        foreach (string gap in StudyReport.Gaps(results))
        {
            yield return $"note: {gap}";
        }

        yield return $"report       {ShownPath.Of(Path.Combine(folder, StudyReport.HtmlName))}, " +
            $"{StudyReport.MarkdownName}";
        yield return $"results      {ShownPath.Of(Path.Combine(folder, "results.csv"))}, results.sqlite";
        yield return $"costs        {ShownPath.Of(Path.Combine(folder, "costs.csv"))}";
    }

    public static string[] Interruption(string command) =>
        ["Interrupted; what was done is saved. Go on with:", $"  {command}"];

    /// <summary>How many jobs of a cluster run, how many wait, and what for.</summary>
    public static string Queue(StudyEvent.Queued queue) => $"{queue.Running} running, {queue.Waiting} waiting" +
        (queue.Reason is { } reason ? $" ({reason})" : "");

    /// <summary>How many runs go on at once.</summary>
    public static string Jobs(int jobs) => jobs == 1 ? "one at a time" : $"{jobs} side by side";

    /// <summary>How many runs go on at once, and the threads of each.</summary>
    public static string Jobs(int jobs, int threads) =>
        $"{Jobs(jobs)} with {Figures.Count(threads, "thread")}{(jobs == 1 ? "" : " each")}";

    private static string Progress(int done, int runs) => $"{done.ToString().PadLeft(runs.ToString().Length)}/{runs}";

    private static string OneLine(string text) => string.Join(' ',
        text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
