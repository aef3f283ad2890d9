using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Calibration;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>The calibration of a model's folder beside what <c>evaluate</c> scored: fitted anew and kept, or as it
/// lies there.</summary>
/// <param name="Calibration">Temperature and thresholds.</param>
/// <param name="Scores">What they change on the data.</param>
/// <param name="File">The file that was written; null where it was read.</param>
internal sealed record FolderCalibration(ModelCalibration Calibration, CalibrationScores Scores, string? File)
{
    /// <summary>Refuses what a task cannot do, before its model runs.</summary>
    /// <exception cref="UsageException">The task has no classes, or no thresholds.</exception>
    public static void Require(EvaluateArguments arguments, ModelTask task)
    {
        if (arguments.Calibrate && !task.DecidesClasses)
        {
            throw new UsageException($"--calibrate is for probabilities of classes; {task} has none. Leave it out.");
        }

        if (arguments.TuneThresholds && !task.HasThresholds)
        {
            throw new UsageException(
                $"--tune-thresholds is for labels that do not exclude each other; {task} has none. Leave it out.");
        }

        if ((arguments.Calibrate || arguments.TuneThresholds) && arguments.Adapter is not null)
        {
            throw new UsageException(
                "--adapter changes the weights that the folder's calibration would be of. Export the model with the " +
                "adapter, and calibrate that folder.");
        }
    }

    /// <summary>Fits and keeps one where the command line says so, else what the folder has; null for
    /// nothing.</summary>
    /// <exception cref="RunException">No temperature fits the data.</exception>
    public static FolderCalibration? Of(EvaluateArguments arguments, Predictor predictor, EvaluationScores scores)
    {
        if (scores.Examples.Decisions is not { } decisions)
        {
            return null;
        }

        if (!arguments.Calibrate && !arguments.TuneThresholds)
        {
            return predictor.Calibration is { } kept
                ? new(kept, CalibrationScores.Of(decisions, kept, predictor.Labels), null)
                : null;
        }

        ModelCalibration fitted = ModelCalibration.Fit(
            decisions, predictor.Labels, arguments.Calibrate, arguments.TuneThresholds);
        if (fitted.NothingFits)
        {
            throw new RunException(
                $"{arguments.DataFile}: the temperature stays 1: {CalibrationLines.NothingFits(decisions.Count)} " +
                "Nothing was written. Give more data, which the model was not trained on.");
        }

        fitted.Write(arguments.ModelFolder);
        return new(fitted, fitted.Fitted!, Path.Combine(arguments.ModelFolder, ModelCalibration.FileName));
    }

    /// <summary>In lines of text.</summary>
    public IEnumerable<string> Lines() =>
        CalibrationLines.Of(Calibration, Scores, "").Concat(File is null ? [] : [$"kept in {ShownPath.Of(File)}"]);

    /// <summary>Adds it to the scores as JSON.</summary>
    public void AddTo(JsonObject scores)
    {
        scores["temperature"] = Calibration.Temperature;
        scores["calibration"] = JsonSerializer.SerializeToNode(Scores, RunJson.Options);
    }
}
