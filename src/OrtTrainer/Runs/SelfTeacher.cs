using OrtTrainer.Options;
using OrtTrainer.Teachers;

namespace OrtTrainer.Runs;

/// <summary>
/// A teacher that a run trains for itself: the same model, data and seed by plain fine-tuning, at the run's rate but
/// falling linearly. It is a run of its own in <c>run/teacher</c>.
/// </summary>
/// <param name="Options">It as a teacher.</param>
/// <param name="Summary">How its training went.</param>
internal sealed record SelfTeacher(TeacherOptions Options, RunSummary Summary)
{
    /// <summary>Whether a run must train its own teacher.</summary>
    public static bool IsNeededBy(FineTuneOptions options) =>
        options.Method.Loss?.TrainsTeacher(options.Teacher) ?? false;
}
