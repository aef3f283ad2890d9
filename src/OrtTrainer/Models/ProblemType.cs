using OrtTrainer.Checkpoints;
using OrtTrainer.Data;

namespace OrtTrainer.Models;

/// <summary>The task of a model as config.json names it, in <c>problem_type</c>.</summary>
public static class ProblemType
{
    private static readonly (TaskKind Task, string Name)[] Names =
    [
        (TaskKind.Classification, "single_label_classification"),
        (TaskKind.MultiLabel, "multi_label_classification"),
        (TaskKind.Regression, "regression"),
    ];

    /// <summary>The name of a task.</summary>
    public static string Of(TaskKind task) => Names.First(n => n.Task == task).Name;

    /// <summary>
    /// The task of a configuration. Where it names none, one output is a regression and several are classes, as
    /// transformers has it.
    /// </summary>
    /// <exception cref="ModelException">The name is none of those known.</exception>
    public static TaskKind TaskOf(ModelConfig config)
    {
        if (config.ProblemType is not { } name)
        {
            return config.Id2Label.Count == 1 ? TaskKind.Regression : TaskKind.Classification;
        }

        int index = Array.FindIndex(Names, n => n.Name == name);
        return index >= 0
            ? Names[index].Task
            : throw new ModelException($"{config.Path}: problem_type is '{name}'; expected one of " +
                $"{string.Join(", ", Names.Select(n => n.Name))}. Correct the field or take it out.");
    }
}
