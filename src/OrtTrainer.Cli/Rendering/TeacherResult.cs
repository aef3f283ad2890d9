using OrtTrainer.Evaluation;
using OrtTrainer.Teachers;
using Spectre.Console;

namespace OrtTrainer.Cli.Rendering;

/// <summary>What a teacher is, costs and knows.</summary>
internal static class TeacherResult
{
    private const int NameColumn = 13;

    public static void Print(TeacherReport report, Terminal terminal)
    {
        terminal.WriteLines(Lines(report));
        if (report.Audit.Labels.Count > 0)
        {
            terminal.CreateConsole().Write(LabelTable(report.Audit));
        }
    }

    /// <summary>Aligned lines of a name and facts.</summary>
    public static IEnumerable<string> Lines(TeacherReport report)
    {
        yield return Line("teacher", $"{report.Name} ({ShownPath.Of(report.Source)})");
        string length = report.MaxLength is { } tokens ? $", at most {tokens} tokens each" : "";
        yield return Line("logits",
            $"{Figures.Count(report.Rows)} rows of {report.Outputs}{length}, {Origin(report)}");
        yield return Line("cost", report.Cost is { } cost
            ? FormattableString.Invariant($"{cost.Seconds:0.00} s on {cost.Device}, ")
                + $"{Figures.Count(cost.Threads, "thread")}, {Figures.Bytes(cost.MemoryBytes)} of memory"
            : "the file does not tell");
        if (report.CacheFile is { } file)
        {
            yield return Line("kept", ShownPath.Of(file));
        }

        foreach (string line in Lines(report.Audit))
        {
            yield return line;
        }
    }

    /// <summary>The audit alone.</summary>
    public static IEnumerable<string> Lines(TeacherAudit audit)
    {
        if (audit.MeanSquaredError is not null)
        {
            yield return Line("agreement", $"mean squared error {Figures.Score(audit.MeanSquaredError)}, correlation " +
                $"{Figures.Score(audit.Pearson)} (Pearson), {Figures.Score(audit.Spearman)} (Spearman)");
            yield break;
        }

        yield return Line("agreement", $"{Figures.Score(audit.Accuracy)} of the {audit.Decisions}");
        yield return Line("confidence", $"{Figures.Score(audit.MeanConfidence)} on average, calibration error " +
            $"{Figures.Score(audit.CalibrationError)}, entropy {Figures.Score(audit.MeanEntropy)} nats");
        yield return Line("wrong", FormattableString.Invariant($"{audit.ConfidentlyWrong:0.00%} with a probability of ")
            + FormattableString.Invariant($"{TeacherAudit.Confident} or more"));
    }

    private static string Origin(TeacherReport report) => (report.IsCached, report.CacheFile) switch
    {
        (true, null) => "read from the file",
        (true, _) => FormattableString.Invariant($"kept from an earlier run (found in {report.ElapsedSeconds:0.00} s)"),
        _ => "computed now",
    };

    private static Table LabelTable(TeacherAudit audit)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("label")
            .AddColumn(new TableColumn("rows").RightAligned())
            .AddColumn(new TableColumn("given by the teacher").RightAligned())
            .AddColumn(new TableColumn("agreement").RightAligned());
        foreach (LabelAudit label in audit.Labels)
        {
            table.AddRow(Markup.Escape(label.Label), Figures.Count(label.Rows), Figures.Count(label.Predicted),
                Figures.Score(label.Agreement));
        }

        return table;
    }

    private static string Line(string name, string value) => name.PadRight(NameColumn) + value;
}
