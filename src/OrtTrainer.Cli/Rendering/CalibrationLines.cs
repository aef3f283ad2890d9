using OrtTrainer.Calibration;

namespace OrtTrainer.Cli.Rendering;

/// <summary>What a temperature and tuned thresholds change, in lines.</summary>
internal static class CalibrationLines
{
    /// <param name="calibration">What was fitted.</param>
    /// <param name="scores">What it changes on a data set: on that which it was fitted on, or another.</param>
    /// <param name="place">The data set, such as "on test"; empty where it goes without saying.</param>
    public static IEnumerable<string> Of(ModelCalibration calibration, CalibrationScores scores, string place)
    {
        string where = place.Length == 0 ? "" : $" {place}";
        bool isFitted = scores == calibration.Fitted;
        if (calibration.NothingFits && isFitted)
        {
            yield return $"calibration{where}: the temperature stays 1: {NothingFits(scores.Decisions)}";
        }

        if (calibration.Temperature != 1)
        {
            string fit = isFitted ? "fitted to the loss" : "fitted on other data";
            yield return $"calibration{where}: temperature {Figures.Score(calibration.Temperature)}, {fit}: loss "
                + $"{Figures.Score(scores.LossBefore)} before, {Figures.Score(scores.LossAfter)} after; calibration "
                + $"error {Figures.Score(scores.ErrorBefore)} before, {Figures.Score(scores.ErrorAfter)} after "
                + $"({Figures.Count(scores.Decisions, "decision")})";
        }

        if (calibration.Thresholds is { } tuned)
        {
            yield return $"thresholds of {Figures.Count(tuned.Count, "label")}{where}: micro_f1 "
                + $"{Figures.Score(scores.MicroF1Before)} before, {Figures.Score(scores.MicroF1After)} after; macro_f1 "
                + $"{Figures.Score(scores.MacroF1Before)} before, {Figures.Score(scores.MacroF1After)} after";
        }
    }

    /// <summary>Why no temperature was fitted.</summary>
    /// <param name="decisions">How many decisions it was to be fitted on.</param>
    public static string NothingFits(long decisions) =>
        $"none from {Figures.Short(TemperatureFit.Lowest)} to {Figures.Short(TemperatureFit.Highest)} fits "
        + $"{Figures.Count(decisions, "decision")}: all are right, or outputs say nothing.";
}
