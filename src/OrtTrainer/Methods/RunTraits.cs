using OrtTrainer.Tasks;
using OrtTrainer.Teachers;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>What of a run's options a part of it may depend on, before any file is read.</summary>
/// <param name="Method">The whole method.</param>
/// <param name="Task">What is learned.</param>
/// <param name="Dropout">The dropout given; null for the model's own.</param>
/// <param name="FromScratch">Whether every parameter starts at random.</param>
/// <param name="Teacher">The teacher given; null without one.</param>
internal sealed record RunTraits(
    FineTuneMethod Method, ModelTask Task, double? Dropout, bool FromScratch, TeacherOptions? Teacher)
{
    /// <summary>What a row of the task's outputs stands for.</summary>
    public OutputDistribution Distribution => Task.Distribution;

    /// <summary>Whether a teacher is named, as a model or a file.</summary>
    public bool NamesTeacher => Teacher is { NamesNone: false };

    /// <summary>Requires distributions over what excludes each other: the classes of a row, or the tokens of a
    /// sequence.</summary>
    /// <exception cref="ArgumentException">The task has others.</exception>
    public void RequireClasses()
    {
        if (!Distribution.IsExclusive)
        {
            string others = Task.WithoutTeachers is null
                ? "finetune, swa, ema or a distillation"
                : "finetune, swa or ema";
            throw new ArgumentException($"{nameof(Method)} {Method} is for classes that exclude each other; the task " +
                $"is {Task}. Take {others}.");
        }
    }
}
