using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Distillation;
using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Optimizers;

namespace OrtTrainer.Runs;

/// <summary>
/// Everything a run needs before its first step: data as tokens, compiled graphs, weights, optimizer, schedule.
/// </summary>
internal sealed class PreparedRun : IDisposable
{
    private readonly ChunkedLoop _loop;

    private PreparedRun(
        FineTuneOptions options, PretrainedModel model, RunData data, TeacherLogits? teacher, TeacherStates? states)
    {
        Teacher = teacher;
        States = states;
        Options = options;
        Model = model;
        Data = data;
        Metric metric = MetricOf(options, data);
        PackedGraph graph = TrainingGraph.Build(model.Architecture, data.Task.Distribution, data.Head,
            agreement: options.Method.Objective == ObjectiveKind.RDrop, maps: RailTeacher.Maps(options.Rail, states));
        PackedGraph evaluation = PackedGraph.Evaluation(model.Architecture, data.Head);
        Layout = evaluation.Layout;
        Layout.RequireStartOf(graph.Layout);
        _loop = new ChunkedLoop(options.EffectiveThreads);
        try
        {
            Execution = new() { IntraOpThreads = options.EffectiveThreads, UseKernels = options.Kernels };
            FlatParameters flat = graph.Layout.ToFlat(LayerRates.Of(options.LayerDecay, model));
            State = new TrainingState(flat, AdamW(options), RunAveraging.Of(options, flat), _loop);
            Initialized = model.Load(graph.Layout, State.Parameters.Slice, options.Seed);
            State.Average?.Start(State.Parameters.Span);
            TrainerOptions settings = new(
                options.BatchSize, options.Accumulation, options.ClipNorm, options.Seed, Execution);
            StepsPerEpoch = new EpochOrder(data.Train.Examples.Count, settings.PerStep, options.Seed).StepsPerEpoch;
            TotalSteps = options.MaxSteps ?? Math.Max(1, RunLength.StepsOf(options.Epochs, StepsPerEpoch));
            AveragingPlan? averaging = RunAveraging.PlanOf(options, TotalSteps);
            TrainingObjective objective = RunObjective.Of(options, data.Train, teacher?.Values, TotalSteps,
                RailTeacher.Targets(states, model, StepsPerEpoch, options.Seed));
            GradientAccumulator batches = new(graph, settings, objective, State);
            IGradientSource gradients = RunGradients.Of(options, graph.Layout, State, batches, _loop);
            Trainer = new Trainer(
                settings, data.Train.Examples, gradients, State, RunSchedule.Of(options, TotalSteps), averaging, _loop);
            Evaluator = new Evaluator(new EvaluationSession(evaluation, Execution), data.Task, metric);
            Fingerprint = RunFingerprint.Of(options, graph.Layout, data, teacher, states);
        }
        catch
        {
            DisposeParts();
            throw;
        }
    }

    public FineTuneOptions Options { get; }

    public PretrainedModel Model { get; }

    public RunData Data { get; }

    /// <summary>What the teacher says of the training data; null without one.</summary>
    public TeacherLogits? Teacher { get; }

    /// <summary>What the teacher's layers make of it; null where the method learns from none.</summary>
    public TeacherStates? States { get; }

    /// <summary>What the teacher is and took, its layers included; null without one.</summary>
    public TeacherReport? TeacherReport =>
        States is null ? Teacher?.Report : Teacher?.Report.Including(States);

    /// <summary>The run that made the teacher, where this run had to; null otherwise.</summary>
    public RunSummary? OwnTeacher { get; private init; }

    /// <summary>
    /// The model's parameters. What a method trains beside them lies behind them in the buffers of <see cref="State"/>,
    /// and is in checkpoints, but never in what is evaluated, exported or kept as weights.
    /// </summary>
    public ParameterLayout Layout { get; }

    public TrainingState State { get; }

    public Trainer Trainer { get; }

    public Evaluator Evaluator { get; }

    public IReadOnlyList<string> Initialized { get; }

    /// <summary>Threads and kernels.</summary>
    public ExecutionOptions Execution { get; }

    /// <summary>The most tokens per example.</summary>
    public int MaxLength => Math.Min(Options.MaxLength, Model.Architecture.Shape.Positions);

    public long StepsPerEpoch { get; }

    public long TotalSteps { get; }

    /// <summary>Tells whether a checkpoint belongs to this run.</summary>
    public string Fingerprint { get; }

    public RunFacts Facts => new(
        Options.Model, Model.Architecture.ModelType, Layout.ParameterCount, Initialized, Data.Train.Examples.Count,
        Data.Eval.Examples.Count, Data.EvalOrigin, Data.Test?.Examples.Count ?? 0, Data.Train.Tokens, Data.Outputs,
        StepsPerEpoch, TotalSteps, 0, "cpu", Options.EffectiveThreads, Options.Kernels, MemoryEstimate.Of(this),
        TeacherReport, Data.Warnings);

    /// <summary>Reads and compiles everything, and runs the teacher where its outputs are not kept yet.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="ownTeacher">The run that made a teacher for this one; null where the options name it.</param>
    /// <param name="events">Told about the teacher; null for nobody.</param>
    /// <param name="cancellation">Stops the teacher.</param>
    /// <exception cref="ModelException">The model or the teacher cannot be used.</exception>
    /// <exception cref="CheckpointException">A file of the model is missing or damaged.</exception>
    /// <exception cref="DataFileException">A data file cannot be used.</exception>
    public static PreparedRun Create(
        FineTuneOptions options, SelfTeacher? ownTeacher = null, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default)
    {
        PretrainedModel model =
            PretrainedModel.Open(options.Model, options.FromScratch, options.Layers, options.Dropout);
        try
        {
            Tokenizer tokenizer = Tokenizer.Load(options.Model);
            RunData data = RunData.Load(options, model, tokenizer);
            TeacherStates? states = RailTeacher.Obtain(options, model, data.Train.Source, events, cancellation);
            TeacherOptions? teacher = ownTeacher?.Options ?? options.Teacher;
            TeacherLogits? logits = teacher is null ? null : TeacherLogits.Obtain(
                teacher, data.Task, data.Train.Source, options.EffectiveThreads, new TeacherEvents(events), cancellation);
            return new PreparedRun(options, model, data, logits, states) { OwnTeacher = ownTeacher?.Summary };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Whether weights are evaluated after this step.</summary>
    public bool IsEvaluationDue(long step) =>
        step == TotalSteps || step % (Options.EvalSteps ?? StepsPerEpoch) == 0;

    public void Dispose()
    {
        DisposeParts();
        Model.Dispose();
    }

    // Some are missing where the constructor failed on its way.
    private void DisposeParts()
    {
        Trainer?.Dispose();
        Evaluator?.Dispose();
        State?.Dispose();
        _loop.Dispose();
    }

    /// <summary>
    /// The metric that decides; one that this data cannot be scored by is refused before hours of training.
    /// </summary>
    private static Metric MetricOf(FineTuneOptions options, RunData data)
    {
        Metric metric = options.Metric is { } name ? data.Task.FindMetric(name) : data.Task.DefaultMetric;
        return metric.IsDefinedFor(data.Outputs)
            ? metric
            : throw new RunException($"The metric {metric.Name} is for two classes; {data.Train.Source.Source} has " +
                $"{data.Outputs}. Choose another, such as macro_f1, accuracy or mcc.");
    }

    private static AdamWOptions AdamW(FineTuneOptions options) => new()
    {
        Beta1 = options.Beta1,
        Beta2 = options.Beta2,
        Epsilon = options.Epsilon,
        WeightDecay = options.WeightDecay,
    };
}
