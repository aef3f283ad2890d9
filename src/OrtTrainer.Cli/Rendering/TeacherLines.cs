using System.Globalization;
using OrtTrainer.Evaluation;
using OrtTrainer.Teachers;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A teacher in the head of a run: how good it is on the training data, and what it took.</summary>
internal static class TeacherLines
{
    public static IEnumerable<string> Of(TeacherReport teacher)
    {
        string data = teacher.IsAuditOfEvaluation ? "evaluation" : "training";
        yield return $"{teacher.Name}; on the {data} data: {Quality(teacher.Audit)}";
        string cost = teacher.Cost is { } c
            ? $"{Figures.Time(TimeSpan.FromSeconds(c.Seconds))} and {Figures.Bytes(c.MemoryBytes)} on {c.Device}"
            : "at a cost that its file does not tell";
        yield return teacher.RunsWithSteps
            ? $"runs with every step, and nothing is kept; {Figures.Count(teacher.Rows, "example")} took {cost}"
            : teacher.IsCached ? $"did not run: its outputs were kept; they took {cost}"
            : $"ran for {cost}";
    }

    private static string Quality(TeacherAudit audit) => audit.Perplexity is { } perplexity
        ? FormattableString.Invariant($"perplexity {perplexity:0.0000}, accuracy {audit.Accuracy:0.0000}")
        : audit.Accuracy is { } accuracy
        ? string.Create(CultureInfo.InvariantCulture, $"accuracy {accuracy:0.0000}, calibration error ")
            + string.Create(CultureInfo.InvariantCulture, $"{audit.CalibrationError:0.0000}, confidently wrong ")
            + string.Create(CultureInfo.InvariantCulture, $"{audit.ConfidentlyWrong:0.00%}")
        : $"squared error {Figures.Score(audit.MeanSquaredError)}, Pearson {Figures.Score(audit.Pearson)}";
}
