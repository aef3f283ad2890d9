using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Text;
using OrtTrainer.Training;

namespace OrtTrainer.Distillation;

/// <summary>
/// A teacher whose files were found to fit the student's data. Its graph is loaded only where it has to run.
/// </summary>
internal sealed class TeacherModel
{
    private readonly TeacherOptions _options;
    private readonly ModelConfig _config;
    private readonly Tokenizer _tokenizer;
    private readonly int[] _order;

    private TeacherModel(
        TeacherOptions options, TeacherFolder folder, ModelConfig config, Tokenizer tokenizer, int[] order)
    {
        _options = options;
        _config = config;
        _tokenizer = tokenizer;
        _order = order;
        Folder = folder;
        MaxLength = SequenceLimit.Of(folder.Folder, config, options.MaxLength);
    }

    public TeacherFolder Folder { get; }

    /// <summary>The most tokens of an input; what is longer is cut.</summary>
    public int MaxLength { get; }

    /// <summary>The files the outputs depend on.</summary>
    public IReadOnlyList<string> Files => Folder.Files(_tokenizer);

    /// <summary>Reads configuration and tokenizer and compares task and labels with the student's.</summary>
    /// <exception cref="ModelException">A file is missing, or task or labels differ.</exception>
    /// <exception cref="CheckpointException">config.json is damaged.</exception>
    public static TeacherModel Open(TeacherOptions options, Dataset data)
    {
        TeacherFolder folder = TeacherFolder.Find(options.Model!);
        ModelConfig config = ModelConfig.Load(folder.Folder);
        CheckTask(config, data);
        int[] order = data.Labels is { } labels ? LabelOrder.Match(config.Path, config.Id2Label, labels) : [0];
        return new(options, folder, config, folder.LoadTokenizer(config), order);
    }

    /// <summary>Runs the teacher: logits [N, K] in the order of the student's labels.</summary>
    /// <param name="data">The examples, N of them.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Told how many examples are done.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ModelException">The model has no head, or gave values that are no numbers.</exception>
    public float[] Logits(Dataset data, int threads, IProgress<int> progress, CancellationToken cancellation)
    {
        EncodedDataset encoded = EncodedDataset.Of(data, _tokenizer, MaxLength, threads);
        ExecutionOptions execution = new() { IntraOpThreads = threads, Device = _options.Device };
        using OnnxClassifier classifier =
            ClassifierFolder.Open(Folder.Folder, Folder.OnnxFile, _config, execution);
        float[] logits = classifier.Logits(
            encoded.Examples, data.Outputs, _options.TokensPerBatch, progress, cancellation);
        int broken = Array.FindIndex(logits, value => !float.IsFinite(value));
        return broken < 0
            ? LabelOrder.Reorder(logits, _order)
            : throw new ModelException(
                $"{Folder.Folder}: the teacher gave {logits[broken]} for the row on line " +
                $"{data.Examples[broken / data.Outputs].Line} of {data.Source}. Its weights are damaged: copy or " +
                "train it again.");
    }

    private static void CheckTask(ModelConfig config, Dataset data)
    {
        TaskKind task = ProblemType.TaskOf(config);
        if (task != data.Task)
        {
            string how = config.ProblemType is null ? $"by its {config.Id2Label.Count} outputs" : "by problem_type";
            throw new ModelException(
                $"{config.Path}: {how}, the teacher's task is {ProblemType.Of(task)}; the student's is " +
                $"{ProblemType.Of(data.Task)}. Choose a teacher of the same task, or correct problem_type if it " +
                "is wrong.");
        }

        if (data.Task == TaskKind.Regression && config.Id2Label.Count != 1)
        {
            throw new ModelException($"{config.Path}: the teacher has {config.Id2Label.Count} outputs; a student of " +
                "regression has 1. Choose a teacher with one output.");
        }
    }
}
