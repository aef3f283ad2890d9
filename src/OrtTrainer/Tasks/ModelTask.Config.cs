using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Tasks;

/// <summary>How a model's config.json names its task.</summary>
public abstract partial class ModelTask
{
    /// <summary>The <c>problem_type</c> of config.json; null where there is none for the task.</summary>
    internal virtual string? ProblemType => null;

    /// <summary>The task as a model's files name it.</summary>
    internal string ConfigName => ProblemType ?? Name;

    /// <summary>
    /// The task of a configuration. Where it names none, one output is a regression and several are classes, as
    /// transformers has it.
    /// </summary>
    /// <exception cref="RunException">The name is none of those known.</exception>
    internal static ModelTask Of(ModelConfig config) =>
        All.FirstOrDefault(task => task.IsNamedBy(config))
        ?? (config.ProblemType is null ? All.First(task => task.IsAssumedOf(config)) : null)
        ?? throw new RunException($"{config.Path}: problem_type is '{config.ProblemType}'; expected one of " +
            $"{string.Join(", ", All.Select(task => task.ProblemType).OfType<string>())}. Correct the field or take " +
            "it out.");

    /// <summary>The configuration of a model that was fine-tuned for this task.</summary>
    /// <param name="config">That of the model it began from.</param>
    /// <param name="architecture">Its family.</param>
    /// <param name="labels">A name per output.</param>
    internal ModelConfig Describe(ModelConfig config, Architecture architecture, IReadOnlyList<string> labels)
    {
        ModelConfig described = config.With(
            labels, ProblemType, architecture.ClassPrefix + Head(labels.Count).ClassSuffix);
        return ProblemType is null ? described.With("problem_type", null) : described;
    }

    /// <summary>
    /// Whether a configuration names this task: by its problem_type or, for a task without one, by the class of its
    /// head.
    /// </summary>
    private protected virtual bool IsNamedBy(ModelConfig config) => ProblemType is not null
        ? config.ProblemType == ProblemType
        : config.ProblemType is null
        && config.ClassName?.EndsWith(Head(1).ClassSuffix, StringComparison.Ordinal) == true;

    /// <summary>Whether a configuration that names no task is taken for this one.</summary>
    private protected virtual bool IsAssumedOf(ModelConfig config) => false;
}
