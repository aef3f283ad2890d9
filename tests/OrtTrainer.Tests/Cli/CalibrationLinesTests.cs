using OrtTrainer.Calibration;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Cli;

/// <summary>What is said of a temperature: what it is fitted to, what it changes, and why none was fitted.</summary>
public sealed class CalibrationLinesTests
{
    private static readonly string[] Labels = ["no", "yes"];

    // Logits of 0 and 2; three of four decisions are right, as often as a margin of log 3 says.
    private static readonly ClassifiedExamples Unsure = new([0, 2, 0, 2, 2, 0, 0, 2], [1, 1, 0, 0], 2);

    [Test]
    public void A_temperature_is_told_with_the_loss_it_is_fitted_to()
    {
        ModelCalibration fitted = ModelCalibration.Fit(Unsure, Labels, scales: true, tunesThresholds: false);

        // T = 2 / log 3; the loss of one margin m is log(1 + exp(-m)) of right decisions and that plus m of wrong ones.
        Assert.That(CalibrationLines.Of(fitted, fitted.Fitted!, "on eval"), Is.EqualTo(new[]
        {
            "calibration on eval: temperature 1.8205, fitted to the loss: loss 0.6269 before, 0.5623 after; "
                + "calibration error 0.1308 before, 0.0000 after (4 decisions)",
        }));
    }

    [Test]
    public void On_other_data_it_is_not_called_fitted_to_their_loss()
    {
        ModelCalibration fitted = ModelCalibration.Fit(Unsure, Labels, scales: true, tunesThresholds: false);
        ClassifiedExamples right = new([0, 2], [1], 2);

        CalibrationScores scores = CalibrationScores.Of(right, fitted, Labels);
        Assert.That(CalibrationLines.Of(fitted, scores, "on test"), Is.EqualTo(new[]
        {
            "calibration on test: temperature 1.8205, fitted on other data: loss 0.1269 before, 0.2877 after; "
                + "calibration error 0.1192 before, 0.2500 after (1 decision)",
        }));
    }

    [Test]
    public void Why_no_temperature_is_fitted_is_said_once()
    {
        ClassifiedExamples right = new([0, 2, 2, 0], [1, 0], 2);
        ModelCalibration fitted = ModelCalibration.Fit(right, Labels, scales: true, tunesThresholds: false);

        Assert.That(CalibrationLines.Of(fitted, fitted.Fitted!, "on eval"), Is.EqualTo(new[]
        {
            "calibration on eval: the temperature stays 1: none from 0.05 to 20 fits 2 decisions: all are right, or "
                + "outputs say nothing.",
        }));
        Assert.That(
            CalibrationLines.Of(fitted, CalibrationScores.Of(Unsure, fitted, Labels), "on test"), Is.Empty);
    }

    [Test]
    public void Thresholds_alone_say_nothing_of_a_temperature()
    {
        ModelCalibration fitted = ModelCalibration.Fit(Unsure, ["a"], scales: false, tunesThresholds: true);

        Assert.That(CalibrationLines.Of(fitted, fitted.Fitted!, ""), Has.Exactly(1).Items);
        Assert.That(
            CalibrationLines.Of(fitted, fitted.Fitted!, ""), Has.All.StartsWith("thresholds of 0 labels: micro_f1 "));
    }
}
