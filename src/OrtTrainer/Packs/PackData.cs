using OrtTrainer.Common;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Packs;

/// <summary>The texts of a pack's training as tokens, with the labels.</summary>
/// <param name="Labels">A name per output.</param>
/// <param name="Train">To learn from.</param>
/// <param name="Test">To score on; null for none.</param>
internal sealed record PackData(IReadOnlyList<string> Labels, EncodedDataset Train, EncodedDataset? Test)
{
    /// <summary>Reads and tokenizes the files.</summary>
    /// <exception cref="DataFileException">A file cannot be used.</exception>
    /// <exception cref="RunException">There are more labels than outputs.</exception>
    public static PackData Read(Pack pack, PackTrainingOptions options, CancellationToken cancellation)
    {
        ModelTask task = ModelTask.Default;
        int outputs = pack.Graphs.Manifest.Outputs;
        DataOptions files = new()
        {
            Train = options.Train, Task = task, TextColumn = options.TextColumn, LabelColumn = options.LabelColumn,
        };
        IReadOnlyList<string> labels = pack.Manifest.Labels
            ?? Named(LabeledData.LoadTrain(files, cancellation: cancellation).Labels!.Names, outputs, options.Train);
        LabelMap map = task.LabelsOf(labels)!;
        ITextEncoder tokenizer = task.OpenTokenizer(pack.Folder);
        int length = Math.Min(options.MaxLength, pack.Graphs.Manifest.Positions);
        EncodedDataset Encoded(string file) => task.Encode(
            LabeledData.Read(file, files, map, cancellation: cancellation), tokenizer, length, options.Threads,
            cancellation);
        return new(labels, Encoded(options.Train), options.Test is null ? null : Encoded(options.Test));
    }

    private static IReadOnlyList<string> Named(IReadOnlyList<string> found, int outputs, string file) =>
        found.Count <= outputs
            ? [.. found, .. ModelConfig.DefaultLabels(outputs).Skip(found.Count)]
            : throw new RunException(
                $"{file}: there are {found.Count} labels, but the pack has {outputs} outputs. Pack the model with "
                + $"--num-labels {found.Count}.");
}
