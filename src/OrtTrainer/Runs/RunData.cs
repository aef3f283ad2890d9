using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>The data of a run as tokens.</summary>
/// <param name="Task">What is learned.</param>
/// <param name="Labels">The names of the outputs; null for tasks without.</param>
/// <param name="Train">To learn from.</param>
/// <param name="Eval">To choose by.</param>
/// <param name="Test">To report on, or null.</param>
/// <param name="EvalOrigin">Where <paramref name="Eval"/> comes from.</param>
/// <param name="Warnings">What a person should know about the data before training on it.</param>
internal sealed record RunData(
    ModelTask Task, LabelMap? Labels, EncodedDataset Train, EncodedDataset Eval, EncodedDataset? Test, string EvalOrigin,
    IReadOnlyList<string> Warnings)
{
    /// <summary>The width of the head.</summary>
    public int Outputs => Train.Targets.Outputs;

    /// <summary>What stands on the encoder.</summary>
    public ModelHead Head => Task.Head(Outputs);

    /// <summary>Reads and tokenizes the files.</summary>
    /// <exception cref="DataFileException">A file cannot be used.</exception>
    /// <exception cref="ModelException">The tokenizer has ids the model does not know.</exception>
    public static RunData Load(FineTuneOptions options, PretrainedModel model, Tokenizer tokenizer)
    {
        int vocabulary = model.Architecture.Shape.Vocabulary;
        if (tokenizer.VocabularySize > vocabulary)
        {
            throw new ModelException($"{options.Model}: the tokenizer has {tokenizer.VocabularySize} tokens, but " +
                $"vocab_size in config.json is {vocabulary}. Take the tokenizer files that belong to this model.");
        }

        ModelTask task = options.Data.Task;
        DataSplits splits = LabeledData.Load(options.Data);
        int length = Math.Min(options.MaxLength, model.Architecture.Shape.Positions);
        int threads = options.EffectiveThreads;
        EncodedDataset train = task.Encode(splits.Train, tokenizer, length, threads);
        EncodedDataset eval = task.Encode(splits.Eval, tokenizer, length, threads);
        EncodedDataset? test = splits.Test is null ? null : task.Encode(splits.Test, tokenizer, length, threads);
        return new(task, splits.Labels, train, eval, test, splits.EvalOrigin,
            [.. DataReport.Of(splits).Warnings(LengthSummary.Of(train.FullLengths.ToArray(), length))]);
    }
}
