using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>The data of a run as tokens.</summary>
/// <param name="Task">What is learned.</param>
/// <param name="Splits">What is learned from, chosen by and reported on.</param>
/// <param name="Draw">What a step learns from; null for the examples as they are.</param>
internal sealed record RunData(ModelTask Task, EncodedSplits Splits, ExampleDraw? Draw) : IDisposable
{
    /// <summary>The names of the outputs; null for tasks without.</summary>
    public LabelMap? Labels => Splits.Labels;

    /// <summary>To learn from.</summary>
    public EncodedDataset Train => Splits.Train;

    /// <summary>To choose by.</summary>
    public EncodedDataset Eval => Splits.Eval;

    /// <summary>To report on, or null.</summary>
    public EncodedDataset? Test => Splits.Test;

    /// <summary>Where <see cref="Eval"/> comes from.</summary>
    public string EvalOrigin => Splits.EvalOrigin;

    /// <summary>What a person should know about the data before training on it.</summary>
    public IReadOnlyList<string> Warnings => Splits.Warnings;

    /// <summary>What the look of the files decided, such as a delimiter, and which labels are taken.</summary>
    public IReadOnlyList<string> Notes => Splits.Notes;

    /// <summary>The parts there are.</summary>
    public IEnumerable<EncodedDataset> Parts => new[] { Train, Eval, Test }.OfType<EncodedDataset>();

    /// <summary>The width of the head.</summary>
    public int Outputs => Train.Targets.Outputs;

    /// <summary>What stands on the encoder.</summary>
    public ModelHead Head => Task.Head(Outputs);

    /// <summary>Reads and tokenizes the files.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="cancellation">Stops between two blocks of a file or two examples.</param>
    /// <exception cref="ArgumentException">The tokenizer does not give what the task needs.</exception>
    /// <exception cref="DataFileException">A file cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="RunException">The tokenizer has ids the model does not know.</exception>
    public static RunData Load(
        FineTuneOptions options, PretrainedModel model, ITextEncoder tokenizer,
        CancellationToken cancellation = default)
    {
        int vocabulary = model.Architecture.Shape.Vocabulary;
        if (tokenizer.VocabularySize > vocabulary)
        {
            throw new RunException($"{options.Model}: the tokenizer has {tokenizer.VocabularySize} tokens, but " +
                $"vocab_size in config.json is {vocabulary}. Take the tokenizer files that belong to this model.");
        }

        DataOptions settled = options.Data.For(model.Config);
        ModelTask task = settled.Task;
        task.RequireUsable(tokenizer);
        int length = Math.Min(options.MaxLength, model.Architecture.Shape.Positions);
        EncodedSplits splits = task.Load(
            new DataReading(
                settled, model, tokenizer, length, options.Stride, options.EffectiveThreads, cancellation));
        RunData data = new(task, splits, task.DrawOf(
            settled, tokenizer, splits.Train.Targets.Outputs, options.Seed));
        try
        {
            KnownIds.Require(data.Parts.SelectMany(part => part.Inputs), vocabulary, model.Config.Path);
            return data;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (EncodedDataset part in Parts)
        {
            (part.Inputs as IDisposable)?.Dispose();
        }
    }
}
