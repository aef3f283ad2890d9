using OrtTrainer.Teachers;

namespace OrtTrainer.Methods;

/// <summary>
/// Distillation from a fine-tuned copy of the same model, which the run trains first where it is given none: on the same
/// data and with the same seed, by plain fine-tuning, at the run's rate but falling linearly.
/// </summary>
public sealed record SelfDistillation : OutputDistillation
{
    internal override string Word => "self-distillation";

    internal override bool TrainsTeacher(TeacherOptions? teacher) => teacher is null or { NamesNone: true };
}
