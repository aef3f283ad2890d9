using OrtTrainer.Reports.Documents;
using OrtTrainer.Runs;

namespace OrtTrainer.RunReports;

/// <summary>A run's report, from the outcome in words to what it took.</summary>
internal static class RunDocument
{
    public static ReportDocument Of(RunResults results)
    {
        PreparedRun run = results.Run;
        RunSummary summary = results.Summary;
        RunHistory history = RunHistory.Read(results.MetricsFile, summary.Steps);
        List<ReportBlock> blocks =
        [
            new HeadingBlock(2, "Outcome"),
            new ParagraphBlock(RunWords.Subject(run)),
            new ParagraphBlock(RunWords.Decision(summary, run.Options.Method.Averaging is not null)),
        ];
        if (summary.Warning is { } warning)
        {
            blocks.Add(new ParagraphBlock($"Warning: {warning}"));
        }

        if (RunWords.Ending(summary) is { } ending)
        {
            blocks.Add(new ParagraphBlock(ending));
        }

        blocks.Add(new TableBlock(RunTables.Scores(summary)));
        blocks.Add(new HeadingBlock(2, "Learning curves"));
        blocks.AddRange(RunCurves.Of(history, results.Progress.Evaluations, summary.Metric));
        ReportBlock[] found = [.. run.Data.Task.Report(results.Exported.Examples, run.Data.Eval)];
        if (found.Length > 0)
        {
            blocks.Add(new HeadingBlock(2, "On the evaluation data"));
            blocks.Add(new ParagraphBlock(
                $"The {summary.Exported} weights, which were exported, on {run.Data.EvalOrigin}."));
            blocks.AddRange(found);
        }

        AddData(blocks, run.Data);
        blocks.Add(new HeadingBlock(2, "Settings"));
        blocks.Add(RunTables.Settings(run.Options) is { } settings
            ? new TableBlock(settings)
            : new ParagraphBlock("All settings are the defaults."));
        blocks.Add(new HeadingBlock(2, "Cost"));
        blocks.Add(new TableBlock(RunTables.Cost(results)));
        return new ReportDocument(
            $"{Path.GetFileName(run.Options.Output)}: {run.Data.Task.Name} by {run.Options.Method}", blocks);
    }

    private static void AddData(List<ReportBlock> blocks, RunData data)
    {
        blocks.Add(new HeadingBlock(2, "Data"));
        if (data.Warnings.Count > 0)
        {
            blocks.Add(new ListBlock(data.Warnings));
        }

        if (data.Notes.Count > 0)
        {
            blocks.Add(new ParagraphBlock("How it was read:"));
            blocks.Add(new ListBlock(data.Notes));
        }

        blocks.Add(new TableBlock(RunTables.Extent(data)));
        if (RunTables.Labels(data) is { } labels)
        {
            blocks.Add(new TableBlock(labels));
        }
    }
}
