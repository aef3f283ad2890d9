using OrtTrainer.Teachers;
using OrtTrainer.Training;

namespace OrtTrainer.Methods;

/// <summary>What the loss of a training example is.</summary>
public abstract record LossMethod : MethodPart
{
    private protected LossMethod()
    {
    }

    internal sealed override string Meaning => "what the loss is";

    internal sealed override string Section => "Loss";

    /// <summary>Whether a teacher's outputs are part of it.</summary>
    internal virtual bool LearnsFromTeacher => false;

    /// <summary>Whether the run has to train its teacher first, where this is the teacher it was given.</summary>
    internal virtual bool TrainsTeacher(TeacherOptions? teacher) => false;

    /// <summary>What of it a graph that trains without this program cannot hold; null where it can hold all.</summary>
    internal virtual string? NotInFiles => null;

    internal sealed override MethodPart? Rival(FineTuneMethod method) => method.Loss;

    internal sealed override FineTuneMethod JoinTo(FineTuneMethod method) => method with { Loss = this };

    /// <summary>What a teacher has to say of the training data; null without a teacher.</summary>
    internal virtual TeacherKnowledge? Consult(TeacherQuestion question) => null;

    /// <summary>What it makes of labels and teacher.</summary>
    internal abstract TrainingObjective Objective(LossContext run);
}
