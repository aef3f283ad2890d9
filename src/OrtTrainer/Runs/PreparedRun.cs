using OrtTrainer.Averaging;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Optimization;
using OrtTrainer.Runtime;
using OrtTrainer.Text;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>Everything a run needs before its first step: data as tokens, compiled graphs, weights, optimizer, schedule.</summary>
internal sealed class PreparedRun : IDisposable
{
    private readonly ChunkedLoop _loop;

    private PreparedRun(FineTuneOptions options, PretrainedModel model, RunData data)
    {
        Options = options;
        Model = model;
        Data = data;
        PackedGraph graph = PackedGraph.Training(model.Architecture, model.Config, data.Task, data.Outputs);
        Layout = graph.Layout;
        _loop = new ChunkedLoop(options.EffectiveThreads);
        Execution = new() { IntraOpThreads = options.EffectiveThreads, UseKernels = options.Kernels };
        State = new TrainingState(Layout.ToFlat(), AdamW(options), AveragingRuleOf(options), _loop);
        Initialized = model.Load(Layout, State.Parameters.Slice, options.Seed);
        EpochOrder order = new(data.Train.Examples.Count, options.BatchSize * options.Accumulation, options.Seed);
        StepsPerEpoch = order.StepsPerEpoch;
        TotalSteps = options.MaxSteps ?? Math.Max(1, (long)Math.Ceiling(options.Epochs * order.StepsPerEpoch));
        Averaging = State.Average is null ? null : PlanOf(options, TotalSteps);
        TrainerOptions settings = new(
            data.Task, options.BatchSize, options.Accumulation, options.ClipNorm, options.Seed, Execution);
        Trainer = new Trainer(
            graph, settings, data.Train.Examples, State, RunSchedule.Of(options, TotalSteps), Averaging, _loop);
        Evaluator = new Evaluator(
            new EvaluationSession(PackedGraph.Evaluation(model.Architecture, model.Config, data.Outputs), Execution),
            options.Metric is { } name ? MetricKind.Find(data.Task, name) : MetricKind.DefaultFor(data.Task));
        Fingerprint = RunFingerprint.Of(options, Layout, data);
    }

    public FineTuneOptions Options { get; }

    public PretrainedModel Model { get; }

    public RunData Data { get; }

    public ParameterLayout Layout { get; }

    public TrainingState State { get; }

    public Trainer Trainer { get; }

    public Evaluator Evaluator { get; }

    public AveragingPlan? Averaging { get; }

    public IReadOnlyList<string> Initialized { get; }

    /// <summary>Threads and kernels.</summary>
    public ExecutionOptions Execution { get; }

    /// <summary>The most tokens per example.</summary>
    public int MaxLength => Math.Min(Options.MaxLength, Model.Architecture.MaxLength(Model.Config));

    public long StepsPerEpoch { get; }

    public long TotalSteps { get; }

    /// <summary>Tells whether a checkpoint belongs to this run.</summary>
    public string Fingerprint { get; }

    public RunFacts Facts => new(
        Options.Model, Model.Architecture.ModelType, Layout.ParameterCount, Initialized, Data.Train.Examples.Count,
        Data.Eval.Examples.Count, Data.EvalOrigin, Data.Test?.Examples.Count ?? 0, Data.Train.Tokens, Data.Outputs, StepsPerEpoch,
        TotalSteps, 0, "cpu", Options.EffectiveThreads, Options.Kernels, MemoryEstimate.Of(this), Data.Warnings);

    /// <summary>Reads and compiles everything.</summary>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="CheckpointException">A file of the model is missing or damaged.</exception>
    /// <exception cref="DataFileException">A data file cannot be used.</exception>
    public static PreparedRun Create(FineTuneOptions options)
    {
        PretrainedModel model = PretrainedModel.Open(options.Model, options.FromScratch, options.Layers, options.Dropout);
        try
        {
            Tokenizer tokenizer = Tokenizer.Load(options.Model);
            return new PreparedRun(options, model, RunData.Load(options, model, tokenizer));
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
        Trainer.Dispose();
        Evaluator.Dispose();
        State.Dispose();
        _loop.Dispose();
        Model.Dispose();
    }

    private static AdamWOptions AdamW(FineTuneOptions options) => new()
    {
        Beta1 = options.Beta1,
        Beta2 = options.Beta2,
        Epsilon = options.Epsilon,
        WeightDecay = options.WeightDecay,
    };

    private static AveragingRule? AveragingRuleOf(FineTuneOptions options) => options.Method switch
    {
        FineTuneMethod.Swa => new EqualShares(),
        FineTuneMethod.Ema => new ExponentialDecay { Decay = options.EmaDecay },
        _ => null,
    };

    private static AveragingPlan PlanOf(FineTuneOptions options, long totalSteps) => options.Method == FineTuneMethod.Swa
        ? new() { TotalSteps = totalSteps, StartFraction = options.SwaStart, Interval = options.SwaInterval }
        : new() { TotalSteps = totalSteps, StartFraction = 0 };
}
