using OrtTrainer.Reports;
using OrtTrainer.Runs;

namespace OrtTrainer.RunReports;

/// <summary>What came out of a run, in sentences.</summary>
internal static class RunWords
{
    /// <summary>What was trained on what.</summary>
    public static string Subject(PreparedRun run)
    {
        RunEvent.Started facts = run.Facts;
        string start = run.Options.FromScratch ? "with all weights at random" : "from its pre-trained weights";
        string test = facts.TestExamples > 0 ? $", tested on {ReportFigures.Count(facts.TestExamples)}" : "";
        return $"{Path.GetFileName(facts.Model)} ({facts.Architecture}, {ReportFigures.Count(facts.Parameters)} "
            + $"parameters) was trained {start} for {run.Data.Task.Name} by {run.Options.Method}, on "
            + $"{ReportFigures.Count(facts.TrainExamples)} examples, evaluated on "
            + $"{ReportFigures.Count(facts.EvalExamples)}{test}; seed {run.Options.Seed}.";
    }

    /// <summary>Which weights were exported, and why.</summary>
    public static string Decision(RunSummary summary, bool averages)
    {
        string metric = summary.Metric;
        if (summary.Averaged is not { } averaged)
        {
            return averages
                ? "Training ended before averaging began: the live weights were exported."
                : "The run averaged no weights: the live ones were exported.";
        }

        string count = $"the average of {ReportFigures.Count(summary.NAveraged)} weights";
        string interval = summary.DifferenceInterval is [var low, var high]
            ? $", 95 % interval {ReportFigures.Difference(low, 4)} to {ReportFigures.Difference(high, 4)} by a paired "
                + $"bootstrap over the evaluation examples: "
                + (low > 0 || high < 0 ? "a difference beyond chance" : "no difference shown")
            : "";
        string reason = averaged.Equals(summary.Live)
            ? "as both score alike and the average is taken then"
            : $"which have the better {metric}";
        return $"On the evaluation data {count} has {metric} {ReportFigures.Fixed(averaged, 4)}, the live weights "
            + $"{ReportFigures.Fixed(summary.Live, 4)}: averaged less live is "
            + $"{ReportFigures.Difference(averaged - summary.Live, 4)}{interval}. The {summary.Exported} weights were "
            + $"exported, {reason}.";
    }

    /// <summary>Why training ended before its last step; null where it did not.</summary>
    public static string? Ending(RunSummary summary) => summary.StoppedBy switch
    {
        "patience" => $"Training ended after {ReportFigures.Count(summary.Steps)} steps for want of better scores; the "
            + $"best were at step {ReportFigures.Count(summary.BestStep)}.",
        "max_seconds" => $"Training ended after {ReportFigures.Count(summary.Steps)} steps by its limit of time.",
        _ => null,
    };
}
