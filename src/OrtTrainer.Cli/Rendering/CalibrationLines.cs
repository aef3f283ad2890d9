using OrtTrainer.Calibration;

namespace OrtTrainer.Cli.Rendering;

/// <summary>What a temperature and tuned thresholds change, in lines.</summary>
internal static class CalibrationLines
{
    /// <param name="calibration">What was fitted.</param>
    /// <param name="scores">What it changes on a data set.</param>
    /// <param name="place">The data set, such as "on test"; empty where it goes without saying.</param>
    public static IEnumerable<string> Of(ModelCalibration calibration, CalibrationScores scores, string place)
    {
        string where = place.Length == 0 ? "" : $" {place}";
        string count = Figures.Count(scores.Decisions, "decision");
        yield return $"calibration error{where}: {Figures.Score(scores.ErrorBefore)} before, "
            + $"{Figures.Score(scores.ErrorAfter)} at temperature {Figures.Score(calibration.Temperature)} ({count}; "
            + $"loss {Figures.Score(scores.LossBefore)}, {Figures.Score(scores.LossAfter)})";
        if (calibration.Thresholds is { } tuned)
        {
            yield return $"thresholds of {Figures.Count(tuned.Count, "label")}{where}: micro_f1 "
                + $"{Figures.Score(scores.MicroF1Before)} before, {Figures.Score(scores.MicroF1After)} after; macro_f1 "
                + $"{Figures.Score(scores.MacroF1Before)} before, {Figures.Score(scores.MacroF1After)} after";
        }
    }
}
