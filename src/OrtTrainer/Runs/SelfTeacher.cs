using OrtTrainer.Distillation;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Runs;

/// <summary>
/// The teacher of a self-distillation that was given none: the same model, data and seed by plain fine-tuning, at the
/// run's rate but falling linearly. It is a run of its own in <c>run/teacher</c>.
/// </summary>
/// <param name="Options">It as a teacher.</param>
/// <param name="Summary">How its training went.</param>
internal sealed record SelfTeacher(TeacherOptions Options, RunSummary Summary)
{
    /// <summary>Whether a run must train its own teacher.</summary>
    public static bool IsNeededBy(FineTuneOptions options) =>
        options is
        { Method.Objective: ObjectiveKind.SelfDistillation, Teacher: null or { NamesNone: true } };
}
