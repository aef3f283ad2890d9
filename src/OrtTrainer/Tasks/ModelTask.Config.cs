using System.Globalization;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks;

/// <summary>How a model's config.json names its task.</summary>
public abstract partial class ModelTask
{
    /// <summary>The <c>problem_type</c> of config.json; null where there is none for the task.</summary>
    internal virtual string? ProblemType => null;

    /// <summary>The fewest outputs that tell anything.</summary>
    internal virtual int FewestOutputs => 1;

    /// <summary>Values per row where they are no labels, as the task itself or the model says; null for
    /// labels.</summary>
    /// <param name="config">The model's configuration.</param>
    internal virtual int? OutputsWithoutLabels(ModelConfig config) => null;

    /// <summary>The task as a model's files name it.</summary>
    internal string ConfigName => ProblemType ?? Name;

    /// <summary>
    /// The task of a configuration. Where it names none, one output is a regression and several are classes, as
    /// transformers has it.
    /// </summary>
    /// <exception cref="RunException">The name is none of those known, or it has too few outputs for the
    /// task.</exception>
    internal static ModelTask Of(ModelConfig config)
    {
        ModelTask[] tasks = [.. All.Where(task => task.TakesImages == Architecture.TakesImages(config))];
        ModelTask task = tasks.FirstOrDefault(task => task.IsNamedBy(config))
            ?? (config.ProblemType is null ? tasks.First(task => task.IsAssumedOf(config)) : null)
            ?? throw new RunException($"{config.Path}: problem_type is '{config.ProblemType}'; expected one of " +
                $"{string.Join(", ", tasks.Select(task => task.ProblemType).OfType<string>())}. Correct the field or " +
                "take it out.");
        IReadOnlyList<string> labels = task.OutputNames(config);
        return labels.Count >= task.FewestOutputs
            ? task.For(config)
            : throw new RunException($"{config.Path}: {task.NamedIn(config)}, but id2label has one label, " +
                $"'{labels[0]}': a softmax of one output is 1 whatever the text; expected " +
                $"{task.FewestOutputs} labels or more. Set problem_type to multi_label_classification where the " +
                "output is the logit of one label that applies or not, to regression where it is a number.");
    }

    /// <summary>The task as it is for a model, with what the files beside its configuration say of it.</summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="options">What is said over them; null for nothing.</param>
    /// <exception cref="RunException">A file is malformed.</exception>
    internal virtual ModelTask For(ModelConfig config, DataOptions? options = null) => this;

    /// <summary>Refuses a model of texts for a task on images, and the other way round.</summary>
    /// <exception cref="RunException">They do not go together.</exception>
    internal void RequireFit(ModelConfig config)
    {
        if (TakesImages != Architecture.TakesImages(config))
        {
            throw new RunException($"{config.Path}: model_type is '{config.ModelType}', a model of " +
                $"{(TakesImages ? "texts" : "images")}, but the task is {Name}. Take another task or another model.");
        }
    }

    /// <summary>What no file of the model says and is taken for granted, in words; null for nothing.</summary>
    internal virtual string? Assumption => null;

    /// <summary>The files that an export has for this task alone, below its folder.</summary>
    internal virtual IReadOnlyList<string> FileNames => [];

    /// <summary>What stands in those files.</summary>
    /// <param name="maxLength">The most tokens of an input.</param>
    /// <param name="tokenizer">Reads the model's tokenizer, which may have none.</param>
    internal virtual IReadOnlyList<(string Path, JsonNode Content)> FilesOf(
        int maxLength, Func<Tokenizer?> tokenizer) => [];

    /// <summary>Whether outputs have names that files of a model tell; otherwise they are numbers of a
    /// vocabulary.</summary>
    internal virtual bool HasNamedOutputs => true;

    /// <summary>A name per output of a model: the labels of its configuration, but for tasks without.</summary>
    internal virtual IReadOnlyList<string> OutputNames(ModelConfig config) => config.Id2Label;

    /// <summary>A name per output where data name none.</summary>
    /// <param name="outputs">Values per row, K.</param>
    internal virtual IReadOnlyList<string> OutputNames(int outputs) => ["LABEL_0"];

    /// <summary>The numbers from 0 as names, for outputs that have no others.</summary>
    private protected static string[] NumbersTo(int count) =>
        [.. Enumerable.Range(0, count).Select(id => id.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The configuration of a model that was fine-tuned for this task.</summary>
    /// <param name="config">That of the model it began from.</param>
    /// <param name="architecture">Its family.</param>
    /// <param name="labels">A name per output.</param>
    internal virtual ModelConfig Describe(ModelConfig config, Architecture architecture, IReadOnlyList<string> labels)
    {
        ModelConfig described = config.With(
            labels, ProblemType, architecture.ClassOf(Head(labels.Count)));
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

    private string NamedIn(ModelConfig config) => config.ProblemType is { } type
        ? $"problem_type is '{type}'"
        : $"architectures is '{config.ClassName}'";
}
