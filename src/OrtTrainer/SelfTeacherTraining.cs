using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer;

/// <summary>
/// How a self-distillation comes by its teacher: a run within the run, which goes on where it stopped.
/// </summary>
internal static class SelfTeacherTraining
{
    /// <summary>Trains it, goes on training it, or takes it as it is.</summary>
    /// <param name="options">The resolved options of the student.</param>
    /// <param name="folder">The student's folder.</param>
    /// <param name="events">Told that it trains and how it ended; null for nobody.</param>
    /// <param name="cancellation">Ends training with a checkpoint.</param>
    public static SelfTeacher Obtain(
        FineTuneOptions options, RunFolder folder, IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        string output = FolderOf(folder);

        // Its export says how long its inputs are, which is as long as the student's.
        return new(
            (options.Teacher ?? new()) with
            {
                Model = output, Device = options.Teacher?.Device ?? options.EffectiveDevice,
            },
            Finished(output) ?? Train(options, output, events, cancellation));
    }

    /// <summary>Where the teacher of a run is trained.</summary>
    public static string FolderOf(RunFolder folder) => Path.Combine(folder.RunPath, "teacher");

    private static RunSummary? Finished(string output) =>
        File.Exists(RunFolder.SummaryFileOf(output)) ? RunSummary.Read(output) : null;

    private static RunSummary Train(
        FineTuneOptions options, string output, IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        events?.Report(new RunEvent.Noted("Training the teacher first: a copy of the model, by plain fine-tuning."));
        FineTuneOptions plain = options with
        {
            Method = FineTuneMethod.FineTune,
            Schedule = ScheduleKind.Linear,
            Output = output,
            Teacher = null,
            Data = options.Data with { Test = null },
        };
        RunSummary summary = File.Exists(RunFolder.OptionsFileOf(output))
            ? FineTuner.Resume(output, events: null, cancellation)
            : FineTuner.Run(plain, events: null, cancellation);
        events?.Report(new RunEvent.Noted(FormattableString.Invariant(
            $"The teacher is trained: {summary.Metric} {summary.Live:0.0000} on eval after {summary.Steps} steps.")));
        return summary;
    }
}
