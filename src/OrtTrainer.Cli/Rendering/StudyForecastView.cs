using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Studies;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The answer to <c>study --dry-run</c>.</summary>
internal static class StudyForecastView
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static int Print(StudyOptions options, bool asJson, Terminal terminal, CancellationToken interruption)
    {
        StudyForecast forecast = StudyForecaster.Of(options, Limit, interruption);
        terminal.WriteLines(asJson ? [Json(forecast)] : Lines(forecast));
        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(StudyForecast forecast)
    {
        int width = forecast.Cells.Max(cell => cell.Cell.Name.Length);
        yield return $"{"cell".PadRight(width)}  runs  done     steps      a run";
        foreach (CellForecast cell in forecast.Cells)
        {
            yield return $"{cell.Cell.Name.PadRight(width)}  {cell.Cell.Runs.Count,4}  {cell.Done,4}  " +
                $"{Figures.Count(cell.StepsPerRun),8}  {(cell.IsMeasured ? " " : "~")}{Time(cell.SecondsPerRun),8}";
        }

        yield return "";
        yield return $"cells        {Figures.Count(forecast.Cells.Count)}, {Figures.Count(forecast.Runs, "run")}, " +
            Figures.Count(forecast.Steps, "step");
        if (forecast.OtherRuns > 0)
        {
            yield return $"before them  {Figures.Count(forecast.OtherRuns, "run")} of pre-training, teachers and " +
                $"choices, {Time(forecast.OtherSeconds)}";
        }

        yield return $"expected     {Time(forecast.Seconds)} for what is not done, " +
            StudyLines.Jobs(forecast.Jobs, forecast.Threads);
        yield return $"measured     {Figures.Count(forecast.Probes, "kind")} of step, " +
            StudyLines.Jobs(forecast.Jobs) +
            (forecast.Cells.All(cell => cell.IsMeasured) ? "" : "; ~ stands in the mean of these, for want of time");
    }

    private static string Json(StudyForecast forecast) => JsonSerializer.Serialize(new
    {
        Cells = forecast.Cells.Select(cell => new
        {
            cell.Cell.Model,
            cell.Cell.Initialization,
            cell.Cell.Task,
            cell.Cell.Method,
            Runs = cell.Cell.Runs.Count,
            cell.Done,
            cell.StepsPerRun,
            cell.SecondsPerRun,
            cell.IsMeasured,
        }),
        forecast.OtherRuns,
        forecast.OtherSeconds,
        forecast.Jobs,
        forecast.Threads,
        forecast.Probes,
        forecast.Steps,
        forecast.Seconds,
    }, RunJson.Options);

    private static string Time(double seconds) => Figures.Time(TimeSpan.FromSeconds(Math.Ceiling(seconds)));
}
