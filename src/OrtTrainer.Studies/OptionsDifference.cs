using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>The settings in which the options of a run have changed, those left out that change no bit of the
/// result.</summary>
internal static class OptionsDifference
{
    /// <summary>One entry per setting, such as <c>learning_rate: 0.0001 was 5E-05</c>; empty where the runs are
    /// equal.</summary>
    public static IReadOnlyList<string> Of(FineTuneOptions now, FineTuneOptions before) =>
    [
        .. SettingDifference.Between(Deciding(now), Deciding(before))
            .Select(setting => $"{setting.Name}: {setting.First ?? "none"} was {setting.Second ?? "none"}"),
    ];

    private static FineTuneOptions Deciding(FineTuneOptions options) =>
        options with { Output = "-", Threads = null, CheckpointSeconds = 0, Report = true, LogTo = "none",
        MlflowExperiment = null };
}
