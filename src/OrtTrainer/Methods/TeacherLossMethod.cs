using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>A loss that a teacher's outputs are part of: the family of distillations.</summary>
public abstract record TeacherLossMethod : LossMethod
{
    private protected TeacherLossMethod()
    {
    }

    internal override bool LearnsFromTeacher => true;

    /// <summary>What a description of a temperature says of T^2.</summary>
    internal static string Squared(bool squared) => squared ? ", times T^2" : ", not times T^2";

    internal override void Require(RunTraits run)
    {
        if (run.Task.WithoutTeachers is { } reason)
        {
            throw new ArgumentException($"{nameof(run.Method)} {run.Method} learns from a teacher's outputs; " +
                $"{run.Task} {reason}");
        }

        if (!run.NamesTeacher && !TrainsTeacher(run.Teacher))
        {
            throw new ArgumentException($"{nameof(run.Teacher)} is missing: {run.Method} learns from one. Give a " +
                "fine-tuned model or a file of logits, or take self-distillation, which trains its own.");
        }
    }

    internal override TeacherKnowledge? Consult(TeacherQuestion question) => question.Outputs();

    /// <summary>The distance between the student's outputs and the teacher's.</summary>
    /// <param name="run">Holds the teacher's outputs.</param>
    /// <param name="loss">The kind of distance; for values it is always the squared error.</param>
    /// <param name="temperature">Divides the logits of both.</param>
    /// <param name="squared">Whether it is multiplied by the square of the temperature.</param>
    /// <param name="share">Its share of the loss.</param>
    internal static LossTerm Distance(
        LossContext run, DistillationLoss loss, double temperature, bool squared, double share)
    {
        if (loss == DistillationLoss.LogitError || !run.Distribution.HasProbabilities)
        {
            return run.TeacherError(_ => (float)share, _ => 1);
        }

        return run.SoftTeacher(
            temperature, divergence: loss == DistillationLoss.KullbackLeibler,
            share * (squared ? temperature * temperature : 1));
    }
}
