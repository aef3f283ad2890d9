using System.Globalization;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The settings of a run's loss in words; conventions are named, since toolkits differ in them.</summary>
internal static class LossLine
{
    /// <returns>Null for plain labels, all alike.</returns>
    public static string? Of(FineTuneOptions options)
    {
        string? loss = options.Method.Objective switch
        {
            ObjectiveKind.LabelSmoothing => Text(
                $"smoothing {options.LabelSmoothing.Epsilon} ({Words.Of(options.LabelSmoothing.Convention)})"),
            ObjectiveKind.TfReg => Text($"made-up teacher {options.TfReg.Confidence} on the label, share ")
                + Text($"{options.TfReg.Alpha}") + (options.TfReg.Temperature is { } t
                    ? Text($", temperature {t}{Squared(options.TfReg.TemperatureSquared)}")
                    : ", no temperature"),
            ObjectiveKind.Distillation or ObjectiveKind.SelfDistillation => OfTeacher(options.Distillation),
            ObjectiveKind.AnnealingDistillation => Text(
                $"teacher's logits in {options.Annealing.MaxTemperature} steps of loudness over ")
                + Text($"{options.Annealing.TeacherShare:0.##%} of training, then labels"),
            ObjectiveKind.RailDistillation => OfLayers(options.Rail),
            ObjectiveKind.ConfidencePenalty => Text($"labels less {options.ConfidencePenalty.Beta} of the entropy"),
            ObjectiveKind.RDrop => Text($"two passes, agreement {options.RDrop.Alpha}"),
            ObjectiveKind.Focal => Text($"labels, fading with gamma {options.Focal.Gamma}"),
            _ => null,
        };
        string? weights = options.ClassWeights is not { } w ? null
            : w.Balanced ? "balanced classes"
            : "class weights " + string.Join(", ", w.ByLabel!.Select(l => Text($"{l.Key} {l.Value}")));
        return loss is null || weights is null ? loss ?? weights : $"{loss}; {weights}";
    }

    private static string OfTeacher(DistillationOptions options) => Text($"teacher's share {options.Alpha}, ")
        + (options.Loss == DistillationLoss.LogitError ? "squared error of the logits"
            : Text($"{Words.Of(options.Loss)} at temperature {options.Temperature}")
                + Squared(options.TemperatureSquared));

    private static string OfLayers(RailOptions options) => Text($"labels {options.LabelWeight:0.####}, ")
        + Text($"teacher {options.TeacherWeight:0.####} (kullback_leibler at temperature {options.Temperature}")
        + Squared(options.TemperatureSquared)
        + Text($"), its layers, drawn every epoch and mapped to {options.MapWidth}, ")
        + Text($"{options.IntermediateWeight:0.####}");

    private static string Squared(bool squared) => squared ? ", times T^2" : ", not times T^2";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
