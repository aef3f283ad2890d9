using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <content>How a teacher that runs with every step is opened, and what is refused.</content>
internal sealed partial class StepTeacher
{
    /// <summary>Reads the teacher, checks that it can read the student's tokens, and scores it on the evaluation
    /// data.</summary>
    /// <param name="options">The teacher: a folder with weights of an architecture that this library builds.</param>
    /// <param name="task">The student's task.</param>
    /// <param name="student">The student's tokenizer.</param>
    /// <param name="eval">The evaluation data as the student reads them.</param>
    /// <param name="threads">Threads where the options name none, 1 or more.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArgumentException">The options name no teacher, or two.</exception>
    /// <exception cref="RunException">The teacher is no folder, has another task or vocabulary, or reads shorter
    /// inputs; or an option makes no sense for it.</exception>
    /// <exception cref="CheckpointException">A file of the teacher is missing or damaged.</exception>
    public static StepTeacher Open(
        TeacherOptions options, ModelTask task, Tokenizer student, EncodedDataset eval, int threads,
        CancellationToken cancellation)
    {
        TeacherOptions resolved = options.Resolve();
        TeacherFolder folder = TeacherFolder.Find(RequireFolder(resolved, task));
        using PretrainedModel model = PretrainedModel.Open(folder.Folder);
        RequireTask(model.Config, task);
        TeacherReader reader = TeacherReader.Open(folder, task, model.Config, maxLength: null);
        SameTokens.Require(folder.Folder, (Tokenizer)reader.Tokenizer, student);
        RequireSizes(model, resolved, eval);

        ExecutionOptions execution = new()
        {
            IntraOpThreads = resolved.Threads ?? threads, Device = Device.Named(resolved.Device!),
        };
        CostMeter meter = new(eval.Count, events: null);
        PackedGraph graph = PackedGraph.Evaluation(model.Architecture, task.Head(eval.Targets.Outputs));
        WeightBuffer weights = new(execution.Device, graph.Layout.Length);
        EvaluationSession? session = null;
        try
        {
            RequireHead(folder.Folder, model.Load(graph.Layout, weights, seed: 0));
            session = new EvaluationSession(graph, execution);
            EvaluationAccumulator outputs = task.Evaluate(eval);
            session.Run(weights, eval.Inputs, outputs, resolved.TokensPerBatch, cancellation);
            meter.Report(eval.Count);
            TeacherCost cost = meter.Read(resolved.Device!, execution.IntraOpThreads);
            string hash = FileHash.Of([.. reader.Files, .. folder.WeightFiles()], cancellation);
            return new(
                folder.Folder, weights, session, Convert.FromHexString(hash), resolved.TokensPerBatch,
                new TeacherReport
                {
                    Name = folder.Name,
                    Source = resolved.Model!,
                    Rows = eval.Count,
                    Outputs = eval.Targets.Outputs,
                    MaxLength = eval.MaxLength,
                    IsCached = false,
                    RunsWithSteps = true,
                    IsAuditOfEvaluation = true,
                    Cost = cost,
                    ElapsedSeconds = cost.Seconds,
                    Audit = task.Audit(outputs.Score(task.DefaultMetric), eval.Count),
                });
        }
        catch
        {
            session?.Dispose();
            weights.Dispose();
            throw;
        }
    }

    private static string RequireFolder(TeacherOptions options, ModelTask task)
    {
        if (options.TopK is { } top && task.DrawsTokens)
        {
            throw new RunException($"{nameof(options.TopK)} is {top}, but a teacher for {task} runs with every step, " +
                "on tokens that are drawn for it, and nothing that it gives is kept. Leave it out.");
        }

        return Directory.Exists(options.Folder)
            ? options.Folder
            : throw new RunException($"{options.Model ?? options.Logits}: is no folder; a teacher for {task} runs " +
                "with every step, from its weights. Give a folder in Hugging Face layout with config.json, tokenizer " +
                "files and weights.");
    }

    private static void RequireTask(ModelConfig config, ModelTask own)
    {
        ModelTask task = ModelTask.Of(config);
        if (!task.IsTask(own))
        {
            throw new RunException(
                $"{config.Path}: by its class, {config.ClassName ?? "of no name"}, the teacher's task is " +
                $"{task.ConfigName}; the student's is {own.ConfigName}. Choose a teacher of the same task.");
        }
    }

    private static void RequireSizes(PretrainedModel model, TeacherOptions options, EncodedDataset eval)
    {
        ModelShape shape = model.Architecture.Shape;
        if (shape.Vocabulary != eval.Targets.Outputs)
        {
            throw new RunException($"{model.Config.Path}: vocab_size is {shape.Vocabulary}, the student's is " +
                $"{eval.Targets.Outputs}. Choose a teacher with as many outputs.");
        }

        int limit = Math.Min(options.MaxLength ?? int.MaxValue, shape.Positions);
        if (limit < eval.MaxLength)
        {
            throw new RunException($"{model.Folder}: the teacher reads {limit} tokens at most, but runs on the " +
                $"student's inputs of up to {eval.MaxLength}. Train on shorter ones (--max-length), or choose a " +
                "teacher that reads more.");
        }
    }

    private static void RequireHead(string folder, IReadOnlyList<string> initialized)
    {
        if (initialized.Count > 0)
        {
            throw new RunException($"{folder}: the teacher's weights lack {string.Join(", ", initialized)}. A " +
                "teacher needs its head: choose one that was trained for the task.");
        }
    }
}
