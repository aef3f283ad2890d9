using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Distillation;
using OrtTrainer.Methods;

namespace OrtTrainer.Runs;

/// <summary>
/// The teacher of a self-distillation that was given none: the same model, data and seed by plain fine-tuning, at the
/// run's rate but falling linearly. It is a run of its own in <c>run/teacher</c>, and goes on where it stopped.
/// </summary>
/// <param name="Options">It as a teacher.</param>
/// <param name="Summary">How its training went.</param>
internal sealed record SelfTeacher(TeacherOptions Options, RunSummary Summary)
{
    /// <summary>Whether a run must train its own teacher.</summary>
    public static bool IsNeededBy(FineTuneOptions options) =>
        options is
        { Method.Objective: ObjectiveKind.SelfDistillation, Teacher: null or { NamesNone: true } };

    /// <summary>Trains it, goes on training it, or takes it as it is.</summary>
    /// <param name="options">The resolved options of the student.</param>
    /// <param name="folder">The student's folder.</param>
    /// <param name="events">Told that it trains and how it ended; null for nobody.</param>
    /// <param name="cancellation">Ends training with a checkpoint.</param>
    public static SelfTeacher Obtain(
        FineTuneOptions options, RunFolder folder, IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        string output = Path.Combine(folder.RunPath, "teacher");
        return new(
            (options.Teacher ?? new() { MaxLength = options.MaxLength }) with { Model = output },
            Finished(output) ?? Train(options, output, events, cancellation));
    }

    private static RunSummary? Finished(string output)
    {
        string file = RunFolder.SummaryFileOf(output);
        return File.Exists(file)
            ? JsonSerializer.Deserialize<RunSummary>(File.ReadAllText(file), RunJson.Options)
            : null;
    }

    private static RunSummary Train(
        FineTuneOptions options, string output, IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        events?.Report(new RunEvent.Noted("Training the teacher first: a copy of the model, by plain fine-tuning."));
        FineTuneOptions plain = options with
        {
            Method = FineTuneMethod.FineTune,
            Schedule = Schedules.ScheduleKind.Linear,
            Output = output,
            Teacher = null,
            Data = options.Data with { Test = null },
        };
        Task<RunSummary> run = File.Exists(RunFolder.OptionsFileOf(output))
            ? FineTuner.ResumeAsync(output, events: null, cancellation)
            : FineTuner.RunAsync(plain, events: null, cancellation);
        RunSummary summary = run.GetAwaiter().GetResult();
        events?.Report(new RunEvent.Noted(FormattableString.Invariant(
            $"The teacher is trained: {summary.Metric} {summary.Live:0.0000} on eval after {summary.Steps} steps.")));
        return summary;
    }
}
