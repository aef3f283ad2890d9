using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks;

/// <summary>
/// Everything that one kind of task is: what it reads and how that becomes targets, what the model's outputs stand for,
/// how they are scored and decoded, and how a model's files name it. Nothing outside a task's folder asks which task
/// it has; it asks the task.
/// </summary>
[JsonConverter(typeof(ModelTaskConverter))]
public abstract partial class ModelTask
{
    private protected ModelTask()
    {
    }

    /// <summary>All tasks, the default one first.</summary>
    public static IReadOnlyList<ModelTask> All => TaskRegistry.Tasks;

    /// <summary>The task where none is named.</summary>
    public static ModelTask Default => All[0];

    /// <summary>Its word in options and on the command line, in snake_case.</summary>
    public abstract string Name { get; }

    /// <summary>What a row of the model's outputs stands for, and with it the loss.</summary>
    internal abstract OutputDistribution Distribution { get; }

    /// <summary>Whether examples are images; otherwise they are texts.</summary>
    internal virtual bool TakesImages => false;

    /// <summary>What stands on an encoder.</summary>
    /// <param name="outputs">Values per row, K.</param>
    internal virtual ModelHead Head(int outputs) => new SequenceHead(outputs);

    /// <summary>The loss of a method without one of its own.</summary>
    /// <param name="train">The training data.</param>
    /// <param name="batchSize">Examples per pass.</param>
    /// <exception cref="RunException">There is nothing to learn from such data or batches.</exception>
    internal virtual LossTerm LossOf(EncodedDataset train, int batchSize) => new LabelLoss();

    /// <summary>That loss where no data are at hand yet; null where it depends on them.</summary>
    internal virtual LossTerm? LossWithoutData => new LabelLoss();

    /// <summary>That loss in words; null where it goes without saying.</summary>
    internal virtual string? DescribeLoss(EncodedDataset train) => null;

    /// <summary>The task of that name; case, hyphens and underscores do not matter.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static ModelTask Named(string word)
    {
        string plain = Plain(word);
        if (All.FirstOrDefault(task => Plain(task.Name) == plain) is { } found)
        {
            return found;
        }

        string[] names = [.. All.Select(task => task.Name)];
        string meant = NearestName.Of(word, names) is { } nearest ? $" Did you mean {nearest}?" : "";
        throw new ArgumentException(
            $"Task is '{word}'; expected {string.Join(", ", names[..^1])} or {names[^1]}.{meant}");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string Plain(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
