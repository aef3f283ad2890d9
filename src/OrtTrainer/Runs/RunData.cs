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
/// <param name="Labels">The names of the outputs; null for tasks without.</param>
/// <param name="Train">To learn from.</param>
/// <param name="Eval">To choose by.</param>
/// <param name="Test">To report on, or null.</param>
/// <param name="EvalOrigin">Where <paramref name="Eval"/> comes from.</param>
/// <param name="Warnings">What a person should know about the data before training on it.</param>
internal sealed record RunData(
    ModelTask Task, LabelMap? Labels, EncodedDataset Train, EncodedDataset Eval, EncodedDataset? Test,
    string EvalOrigin, IReadOnlyList<string> Warnings)
{
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

        List<string> notes = [];
        ModelTask task = options.Data.Task;
        task.RequireUsable(tokenizer);
        DataSplits splits = LabeledData.Load(
            options.Data, notes.Add, cancellation, model.OutputNames(task.Head(model.Config.Id2Label.Count)));
        if (splits.Labels is { } labels && !model.Config.NamesLabels && model.HasOutputs(task.Head(labels.Count)))
        {
            KnownLabels.SayUnnamed(labels, notes.Add);
        }

        int length = Math.Min(options.MaxLength, model.Architecture.Shape.Positions);
        int threads = options.EffectiveThreads;
        EncodedDataset train = Encoded(splits.Train);
        EncodedDataset eval = Encoded(splits.Eval);
        EncodedDataset? test = splits.Test is null ? null : Encoded(splits.Test);
        KnownIds.Require([.. train.Inputs, .. eval.Inputs, .. test?.Inputs ?? []], vocabulary, model.Config.Path);
        return new(task, splits.Labels, train, eval, test, splits.EvalOrigin,
        [
            .. notes, .. DataReport.Of(splits, cancellation).Warnings(), .. LeftOut("train", train),
            .. LeftOut("eval", eval), .. LeftOut("test", test),
        ]);

        EncodedDataset Encoded(Dataset part) => task.Encode(
            part, tokenizer, length, threads, cancellation, options.Stride);

        IEnumerable<string> LeftOut(string name, EncodedDataset? part) =>
            part is null ? [] : task.LeftOut(part).Select(line => $"{name}: {line}");
    }
}
