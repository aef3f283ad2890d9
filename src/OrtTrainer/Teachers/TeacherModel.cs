using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <summary>
/// A teacher whose files were found to fit the student's data. Its graph is loaded only where it has to run.
/// </summary>
internal sealed class TeacherModel
{
    private readonly TeacherOptions _options;
    private readonly TeacherReader _reader;
    private readonly int[] _order;

    private TeacherModel(TeacherOptions options, TeacherReader reader, int[] order)
    {
        _options = options;
        _reader = reader;
        _order = order;
    }

    public string Name => _reader.Folder.Name;

    /// <summary>The most tokens of an input; what is longer is cut.</summary>
    public int MaxLength => _reader.MaxLength;

    /// <summary>The files the outputs depend on.</summary>
    public IReadOnlyList<string> Files => [.. _reader.Files, .. _reader.Folder.GraphFiles()];

    /// <summary>Reads configuration and tokenizer and compares task and labels with the student's.</summary>
    /// <exception cref="RunException">A file is missing, or task or labels differ.</exception>
    /// <exception cref="CheckpointException">config.json is damaged.</exception>
    /// <param name="options">The teacher.</param>
    /// <param name="task">The student's task.</param>
    /// <param name="data">The examples.</param>
    /// <param name="windows">The length of the student's windows, where a teacher has to read the same; null for its
    /// own.</param>
    public static TeacherModel Open(TeacherOptions options, ModelTask task, Dataset data, int? windows = null)
    {
        TeacherFolder folder = TeacherFolder.Find(options.Folder!);
        ModelConfig config = ModelConfig.Load(folder.Folder);
        CheckTask(config, task, data);
        int[] order = data.Labels is { } labels
            ? LabelOrder.Match(config.Path, config.Id2Label, labels)
            : [.. Enumerable.Range(0, data.Outputs)];
        return new(options, TeacherReader.Open(folder, task, config, options.MaxLength ?? windows), order);
    }

    /// <summary>Runs the teacher: logits [N, K] in the order of the student's labels.</summary>
    /// <param name="data">The examples, N of them.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Told how many examples are done.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="RunException">The model has no head, or gave values that are no numbers.</exception>
    public float[] Logits(Dataset data, int threads, IProgress<int> progress, CancellationToken cancellation)
    {
        OutputTable logits = new(data.Count, data.Outputs);
        Run(_reader.Read(data, threads, cancellation).Inputs, logits, threads, progress, cancellation);
        FiniteOutputs.Require(logits.Values, _reader.Folder.Folder, data);
        return logits.Values;
    }

    /// <summary>The data as the teacher reads them.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="stride">How many tokens a window shares with the one before; null for the task's own
    /// number.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancellation">Stops between two examples.</param>
    public EncodedDataset Read(Dataset data, int? stride, int threads, CancellationToken cancellation) =>
        _reader.Read(data, threads, cancellation, stride);

    /// <summary>Runs the teacher: a table of logits of tokens, in the order of the student's labels.</summary>
    /// <param name="data">What <see cref="Read"/> gave.</param>
    /// <param name="table">Where its rows are.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Told how many inputs are done.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="RunException">The model has no head, or gave values that are no numbers.</exception>
    public float[] Logits(
        EncodedDataset data, TokenRows table, int threads, IProgress<int> progress, CancellationToken cancellation)
    {
        TokenTable logits = new(table, data.Targets.Outputs);
        Run(data.Inputs, logits, threads, progress, cancellation);
        FiniteOutputs.Require(logits.Values, _reader.Folder.Folder, data, table);
        return logits.Values;
    }

    private void Run(
        IReadOnlyList<TokenizedExample> inputs, IOutputSink sink, int threads, IProgress<int> progress,
        CancellationToken cancellation)
    {
        TeacherFolder folder = _reader.Folder;
        ExecutionOptions execution = new() { IntraOpThreads = threads, Device = Device.Named(_options.Device!) };
        using InferenceModel model =
            OnnxModelFolder.Open(folder.Folder, folder.OnnxFile, _reader.Task, _reader.Config, execution);
        model.Run(inputs, new ReorderedOutputs(sink, _order), _options.TokensPerBatch, progress, cancellation);
    }

    private static void CheckTask(ModelConfig config, ModelTask own, Dataset data)
    {
        ModelTask task = ModelTask.Of(config);
        if (!task.IsTask(own))
        {
            string how = config.ProblemType is not null ? "by problem_type"
                : task.TeachesTokens || own.TeachesTokens ? $"by its class, {config.ClassName ?? "of no name"}"
                : $"by its {config.Id2Label.Count} outputs";
            throw new RunException(
                $"{config.Path}: {how}, the teacher's task is {task.ConfigName}; the student's is " +
                $"{own.ConfigName}. Choose a teacher of the same task, or set problem_type if that is " +
                "wrong.");
        }

        if (data.Labels is null && task.Head(config.Id2Label.Count).Outputs != data.Outputs)
        {
            throw new RunException($"{config.Path}: the teacher has {config.Id2Label.Count} outputs; a student of " +
                $"{own} has {data.Outputs}. Choose a teacher with as many.");
        }
    }
}
