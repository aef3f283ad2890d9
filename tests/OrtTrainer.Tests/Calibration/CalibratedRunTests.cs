using OrtTrainer.Calibration;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Calibration;

public class CalibratedRunTests
{
    private readonly Example[] _texts = [.. TinyTask.Words.Select(word => new Example($"the {word} is here"))];

    [Test]
    public void A_run_keeps_a_temperature_that_scales_probabilities_and_leaves_labels()
    {
        using TinyTask tiny = new();
        RunSummary summary = TinyTask.Run(tiny.Options("out") with { Epochs = 1, Calibrate = true });
        ModelCalibration kept = ModelCalibration.Find(tiny.Output("out"))!;

        Assert.That(kept.Temperature, Is.EqualTo(summary.Calibration!.Temperature));
        Assert.That(kept.Temperature, Is.Not.EqualTo(1));
        Assert.That(kept.Fitted!.LossAfter, Is.LessThan(kept.Fitted.LossBefore));
        Assert.That(kept.Fitted.LossBefore, Is.EqualTo(summary.EvalLive["loss"]).Within(1e-6));
        Assert.That(kept.Test!.Decisions, Is.EqualTo(24));

        IReadOnlyList<TextPrediction> scaled = Predict(tiny.Output("out"));
        File.Delete(Path.Combine(tiny.Output("out"), ModelCalibration.FileName));
        IReadOnlyList<TextPrediction> own = Predict(tiny.Output("out"));
        Assert.That(scaled.Select(text => text.Label), Is.EqualTo(own.Select(text => text.Label)));
        for (int i = 0; i < own.Count; i++)
        {
            double[] powers = [.. own[i].Scores.Select(score => Math.Pow(score, 1 / kept.Temperature))];
            Assert.That(scaled[i].Scores, Is.EqualTo(powers.Select(power => power / powers.Sum())).Within(1e-5));
        }
    }

    [Test]
    public void A_run_of_many_labels_keeps_their_thresholds_and_predicts_by_them()
    {
        using TinyTask tiny = new(MultiLabelTask.Instance);
        FineTuneOptions options = tiny.Options("out");
        RunSummary summary = TinyTask.Run(
            options with { TuneThresholds = true, Data = options.Data with { Eval = options.Data.Train } });
        ModelCalibration kept = ModelCalibration.Find(tiny.Output("out"))!;

        Assert.That(kept.Temperature, Is.EqualTo(1));
        Assert.That(kept.Thresholds, Is.Not.Empty);
        Assert.That(kept.Fitted!.MicroF1Before, Is.EqualTo(summary.EvalLive["micro_f1"]).Within(1e-9));
        Assert.That(kept.Fitted.MacroF1After, Is.GreaterThanOrEqualTo(kept.Fitted.MacroF1Before!.Value));

        (kept with { Thresholds = kept.Thresholds!.ToDictionary(label => label.Key, _ => 0.0) }).Write(
            tiny.Output("out"));
        Assert.That(
            Predict(tiny.Output("out")).Select(text => text.Labels.Count), Is.All.EqualTo(kept.Thresholds!.Count));
        Assert.That(
            Predict(tiny.Output("out"), new PredictorOptions { Threshold = 1 }).Select(text => text.Labels.Count),
            Is.All.Zero);
    }

    [Test]
    public void The_calibration_stands_beside_a_configuration_that_knows_nothing_of_it()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out") with { Epochs = 1, Calibrate = true });

        Assert.That(Path.Combine(tiny.Output("out"), ModelCalibration.FileName), Does.Exist);
        Assert.That(
            File.ReadAllText(Path.Combine(tiny.Output("out"), "config.json")), Does.Not.Contain("temperature"));
    }

    [Test]
    public void Where_all_decisions_are_right_evaluation_refuses_and_a_run_says_the_same()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out") with { Epochs = 1 });
        string data = Path.Combine(tiny.Output("out"), "right.tsv");
        File.WriteAllText(data, "text\tlabel\n" + string.Concat(
            _texts.Zip(Predict(tiny.Output("out")), (text, answer) => $"{text.Text}\t{answer.Label}\n")));

        CliRun run = CliRun.Of("evaluate", "--model", tiny.Output("out"), "--data", data, "--calibrate");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, $"error: {data}: the temperature stays 1: "
            + $"{CalibrationLines.NothingFits(_texts.Length)} Nothing was written. Give more data, which the model was "
            + "not trained on.\n")));
        Assert.That(Path.Combine(tiny.Output("out"), ModelCalibration.FileName), Does.Not.Exist);
    }

    [Test]
    public void A_damaged_calibration_is_refused()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out") with { Epochs = 1 });
        File.WriteAllText(Path.Combine(tiny.Output("out"), ModelCalibration.FileName), "{\"temperature\": 0}");

        Assert.That(
            () => Predict(tiny.Output("out")),
            Throws.TypeOf<RunException>().With.Message.Contains("calibration.json").And.Message.Contains("above 0"));
    }

    [Test]
    public void Numbers_have_no_probabilities_to_scale()
    {
        using TinyTask tiny = new(RegressionTask.Instance);
        Assert.That(
            () => (tiny.Options("out") with { Calibrate = true }).Resolve(),
            Throws.ArgumentException.With.Message.Contains("Calibrate"));
    }

    [Test]
    public void Classes_that_exclude_each_other_have_no_thresholds()
    {
        using TinyTask tiny = new();
        Assert.That(
            () => (tiny.Options("out") with { TuneThresholds = true }).Resolve(),
            Throws.ArgumentException.With.Message.Contains("TuneThresholds"));
    }

    private IReadOnlyList<TextPrediction> Predict(string folder, PredictorOptions? options = null)
    {
        using Predictor predictor = Predictor.Open(folder, options);
        return predictor.Predict(_texts);
    }
}
