using OrtTrainer.Runs;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Events of a run as lines of text.</summary>
internal static class RunLines
{
    /// <summary>The scale of the loss and whether the step was left out, where the loss has one.</summary>
    public static string Scale(StepReport report) =>
        report.LossScale is not { } scale ? ""
        : $"  scale {Scale(scale)}" + (report.IsSkipped ? " (overflow, step left out)" : "");

    /// <summary>The scale of a loss.</summary>
    public static string Scale(float scale) => scale >= 1 ? Figures.Count(scale) : Figures.Short(scale);

    /// <summary>The loss; with its parts where it has several.</summary>
    public static string Loss(LossParts terms)
    {
        string total = TotalLoss(terms);
        if (terms is { Teacher: 0, Penalty: 0, Intermediate: 0 })
        {
            return total;
        }

        string teacher = terms.Teacher == 0 ? "" : $", teacher {Figures.Score(terms.Teacher)}";
        string penalty = terms.Penalty == 0 ? "" : $", penalty {Figures.Score(terms.Penalty)}";
        string layers = terms.Intermediate == 0 ? "" : $", layers {Figures.Score(terms.Intermediate)}";
        return $"{total} (labels {Figures.Score(terms.Labels)}{teacher}{penalty}{layers})";
    }

    /// <summary>The loss without its parts.</summary>
    public static string TotalLoss(LossParts terms) => $"loss {Figures.Score(terms.Total)}";

    /// <summary>How far the teacher is.</summary>
    public static string Taught(RunEvent.Taught e) =>
        $"teacher: {Figures.Count(e.Done)} of {Figures.Count(e.Total)} examples";

    /// <param name="verb">The command that goes on with it.</param>
    /// <param name="output">The folder to go on with; null where the run was not begun.</param>
    public static IEnumerable<string> Interruption(string verb, string? output)
    {
        if (output is null)
        {
            yield return "Interrupted before the first step; nothing was written. The same command starts again.";
            yield break;
        }

        string folder = ShownPath.Of(output);
        yield return "Interrupted; what was done is saved. Go on with:";
        yield return $"  {CliApp.Name} {verb} --resume {folder}";
    }
}
