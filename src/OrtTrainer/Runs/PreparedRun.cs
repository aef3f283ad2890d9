using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Export;
using OrtTrainer.Graph;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.OnDevice;
using OrtTrainer.Options;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.OnDevice;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Buckets;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Runs;

/// <summary>
/// Everything a run needs before its first step: data as tokens, compiled graphs, weights, optimizer, schedule.
/// </summary>
internal sealed partial class PreparedRun : IDisposable
{
    private readonly WeightUpdates _updates;
    private readonly bool _readsLogits;
    private bool _isTrained;

    private PreparedRun(
        FineTuneOptions options, PretrainedModel model, RunData data, TeacherKnowledge? teacher,
        TrainingLibrary? library, RankGroup? ranks, IProgress<RunEvent>? events)
    {
        Ranks = ranks;
        Library = library;
        Teacher = teacher;
        Options = options;
        Model = model;
        Data = data;
        Metric metric = MetricOf(options, data);
        TrainerOptions settings = new(
            options.BatchSize, options.Accumulation, options.ClipNorm, options.Seed,
            new()
            {
                IntraOpThreads = options.EffectiveThreads, UseKernels = options.Kernels,
                Precision = options.Precision, Device = Device.Named(options.EffectiveDevice),
            })
        {
            GroupSize = data.Train.Targets.GroupSize,
            BatchByLength = options.BatchByLength,
            SampleWeights = data.Train.SampleWeights,
        };
        ProductPrecision products = settings.Execution.Products;
        StepsPerEpoch = EpochOrder.StepsPerEpochOf(data.Train.Inputs.Count, settings.PerStep);
        TotalSteps = options.MaxSteps ?? Math.Max(1, RunLength.StepsOf(options.Epochs, StepsPerEpoch));
        Stages = StagesOf(options, model.Architecture, (StepsPerEpoch, TotalSteps));
        AveragingPlan? averaging = options.Method.Averaging?.PlanOf(TotalSteps);
        TrainingObjective objective = RunObjective.Of(
            options, data.Task, data.Train, teacher, (StepsPerEpoch, TotalSteps), model.Architecture.Shape.Layers)
            .With(data.Draw);
        ModelHead head = data.Head;
        ITrainingPlan? plan = PlanOf(options, model, head);
        TrainingGraph graph = TrainingGraph.Build(
            model.Architecture, head, objective, precision: products, recompute: options.Recompute,
            batchStatistics: !options.FrozenBatchNorm, plan: plan);
        _readsLogits = graph.ReadsLogits;
        PackedGraph evaluation = PackedGraph.Evaluation(model.Architecture, head, products);
        Layout = evaluation.Layout;
        if (plan is null)
        {
            Layout.RequireStartOf(graph.Layout);
        }

        TrainedLayout = plan is null ? Layout : graph.Layout;
        Adapted = graph.Adapted;
        Execution = settings.Execution;
        _updates = Execution.Device.CreateUpdates(options.EffectiveThreads, new UpdateShare(ranks));
        try
        {
            // Ranks exchange whole parts of buffers after every step: nothing is put off.
            WeightLayout weights = graph.Layout.WithRates(RunParts.RateFactors(options, model));
            weights = ranks is null ? weights : weights.WithoutSparse();
            AveragedWeights? average = options.Method.Averaging?.Create(Execution.Device, weights);
            OptimizerOptions optimizer = library is null
                ? options.OptimizerConstants
                : new OnDeviceOptimizerOptions(OnDeviceEngine.OptimizerOf(options));
            State = new TrainingState(weights, optimizer, average, _updates)
            {
                LossScale = products.NeedsLossScale ? new LossScale() : null,
                Adapted = plan is null ? null : new AdaptedWeights(graph, Layout, Execution.Device),
            };
            Initialized = State.Adapted?.Load(model, State.Parameters, options.Seed, data.Labels?.Names)
                ?? model.Load(graph.Layout, State.Parameters, options.Seed, data.Labels?.Names);
            State.Average?.Start(State.Parameters);
            Recording = RecordingOf(graph, settings, objective, events);
            Trainer = TrainerOf(graph, settings with { Recording = Recording }, objective, averaging);
            Evaluator = new Evaluator(new EvaluationSession(evaluation, Execution), data.Task, metric)
            {
                Statistics = options.FrozenBatchNorm ? null : StatisticsPass.Of(
                    model.Architecture, head, products, Execution, data.Train.Inputs, settings),
            };
            Fingerprint = RunFingerprint.Of(options, graph.Layout, data, teacher, State.Adapted);
            Execution.Device.RequireRoom(MemoryEstimate.Of(this, _readsLogits));
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

    /// <summary>The library of ONNX Runtime that takes the steps; null where this program does.</summary>
    public TrainingLibrary? Library { get; }

    /// <summary>The ranks that share the run; null where this process has it to itself.</summary>
    public RankGroup? Ranks { get; }

    /// <summary>What the teacher says of the training data; null without one.</summary>
    public TeacherKnowledge? Teacher { get; }

    /// <summary>Seconds that a teacher has taken within steps so far.</summary>
    public double TeacherSeconds => Teacher?.Outputs.StepSeconds ?? 0;

    /// <summary>Whether texts are read with a tokenizer that was given, not with the model folder's.</summary>
    public bool HasOwnTokenizer { get; private init; }

    /// <summary>The run that made the teacher, where this run had to; null otherwise.</summary>
    public RunSummary? OwnTeacher { get; private init; }

    /// <summary>
    /// The model's parameters. What a method trains beside them lies behind them in the buffers of <see cref="State"/>,
    /// and is in checkpoints, but never in what is evaluated, exported or kept as weights.
    /// </summary>
    public ParameterLayout Layout { get; }

    /// <summary>The parameters of a model that are trained: all of <see cref="Layout"/>, or adapters and what is
    /// trained with them.</summary>
    public ParameterLayout TrainedLayout { get; }

    /// <summary>The layers with an adapter; none where the model itself is trained.</summary>
    public IReadOnlyList<AdaptedLayer> Adapted { get; }

    public TrainingState State { get; }

    public ITrainer Trainer { get; }

    public Evaluator Evaluator { get; }

    public IReadOnlyList<string> Initialized { get; }

    /// <summary>How passes are recorded and played back; null where they are not.</summary>
    public RunRecording? Recording { get; }

    /// <summary>Threads and kernels.</summary>
    public ExecutionOptions Execution { get; }

    /// <summary>
    /// Evaluation in float32, as an exported model computes, where <see cref="Evaluator"/> rounds operands; null where
    /// it does not. It is the caller's.
    /// </summary>
    public EvaluationSession? Float32Evaluation() => Options.Precision == Precision.Fp32
        ? null
        : new EvaluationSession(
            PackedGraph.Evaluation(Model.Architecture, Data.Head), Execution with { Precision = Precision.Fp32 });

    /// <summary>The most tokens per example.</summary>
    public int MaxLength => Math.Min(Options.MaxLength, Model.Architecture.Shape.Positions);

    public long StepsPerEpoch { get; }

    public long TotalSteps { get; }

    /// <summary>What is trained from which step on; none where the same is from first to last.</summary>
    public IReadOnlyList<TrainingStage> Stages { get; }

    /// <summary>Tells whether a checkpoint belongs to this run.</summary>
    public string Fingerprint { get; }

    public RunEvent.Started Facts => new(
        Options.Model, Model.Architecture.ModelType, Layout.ParameterCount, Initialized, Data.Train.Count,
        Data.Eval.Count, Data.EvalOrigin, Data.Test?.Count ?? 0, Data.Train.Tokens, Data.Outputs,
        StepsPerEpoch, TotalSteps, 0, Execution.Device.Name, Options.EffectiveThreads, Options.Kernels,
        MemoryEstimate.Of(this, _readsLogits), Data.Warnings)
    {
        Notes = Data.Notes,
        Precision = Options.Precision,
        Metric = Evaluator.Metric.Name,
        Teacher = Teacher?.Report,
        Engine = Library is null ? null : $"ONNX Runtime {Library.Version}, {Library.Path}",
        TrainedParameters = State.Adapted is null ? null : TrainedLayout.ParameterCount,
        Stages = Stages.Count > 0 ? TrainingStage.Describe(Stages) : null,
        Ranks = Ranks?.Count,
        Buckets = Recording?.Plan.Buckets.Count,
        BucketPadding = Recording?.WastePercent,
        Loss = Options.Method.Loss is null ? Data.Task.DescribeLoss(Data.Train) : null,
    };

    /// <summary>The weights of the model for what is trained of it, in <see cref="Layout"/>.</summary>
    /// <param name="trained">Live or averaged, as <see cref="State"/> has them.</param>
    /// <returns>The same buffer; or, with adapters, one that the next call changes.</returns>
    public WeightBuffer ModelOf(WeightBuffer trained) => State.Adapted?.Merge(trained) ?? trained;

    /// <summary>Reads and compiles everything, and runs the teacher where its outputs are not kept yet.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="ownTeacher">The run that made a teacher for this one; null where the options name it.</param>
    /// <param name="events">Told about the teacher; null for nobody.</param>
    /// <param name="cancellation">Stops reading, tokenizing and the teacher.</param>
    /// <param name="tokenizer">Reads the texts; null for the tokenizer in the model's folder.</param>
    /// <param name="ranks">The ranks that share the run; null for none. Not disposed here.</param>
    /// <exception cref="RunException">The model or the teacher cannot be used.</exception>
    /// <exception cref="CheckpointException">A file of the model is missing or damaged.</exception>
    /// <exception cref="DataFileException">A data file cannot be used.</exception>
    public static PreparedRun Create(
        FineTuneOptions options, SelfTeacher? ownTeacher = null, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default, ITextEncoder? tokenizer = null, RankGroup? ranks = null)
    {
        TrainingLibrary? library = options.Engine is null ? null : OnDeviceEngine.Find();
        PretrainedModel model =
            PretrainedModel.Open(options.ModelFolder, options.FromScratch, options.Layers, options.Dropout);
        RunData? data = null;
        TeacherKnowledge? knowledge = null;
        try
        {
            options.Data.Task.RequireFit(model.Config);
            if (tokenizer is null && !options.Data.Task.TakesImages)
            {
                RequireExport(options, model);
            }

            ITextEncoder reader = tokenizer ?? options.Data.Task.OpenTokenizer(options.ModelFolder);
            data = RunData.Load(options, model, reader, cancellation);
            knowledge = (ownTeacher?.Options ?? options.Teacher) is not { } teacher
                ? null
                : options.Method.Loss?.Consult(new TeacherQuestion(
                    teacher, model, data.Task, reader, data.Train, data.Eval, options.Stride,
                    options.EffectiveThreads, new TeacherEvents(events), cancellation));
            cancellation.ThrowIfCancellationRequested();
            return new PreparedRun(options, model, data, knowledge, library, ranks, events)
            {
                OwnTeacher = ownTeacher?.Summary,
                HasOwnTokenizer = tokenizer is not null,
            };
        }
        catch
        {
            knowledge?.Dispose();
            data?.Dispose();
            model.Dispose();
            throw;
        }
    }

    // What would stop the export is said before hours of training, not after.
    private static void RequireExport(FineTuneOptions options, PretrainedModel model)
    {
        int positions = model.Architecture.Shape.Positions;
        TokenizerExport.Read(options.ModelFolder, positions, Math.Min(options.MaxLength, positions));
    }

    /// <summary>Lets go of what steps need, their graph and its memory; weights and evaluation stay.</summary>
    public void EndTraining()
    {
        if (!_isTrained)
        {
            Trainer.End();
            Trainer.Dispose();
            _isTrained = true;
        }
    }

    /// <summary>Whether weights are evaluated after this step.</summary>
    public bool IsEvaluationDue(long step) =>
        step == TotalSteps || step % (Options.EvalSteps ?? StepsPerEpoch) == 0;

    public void Dispose()
    {
        DisposeParts();
        Teacher?.Dispose();
        Data.Dispose();
        Model.Dispose();
    }

    // Some are missing where the constructor failed on its way.
    private void DisposeParts()
    {
        if (!_isTrained)
        {
            Trainer?.Dispose();
        }

        Evaluator?.Dispose();
        State?.Dispose();
        _updates.Dispose();
    }

    /// <summary>
    /// The metric that decides; one that this data cannot be scored by is refused before hours of training.
    /// </summary>
    private static Metric MetricOf(FineTuneOptions options, RunData data)
    {
        Metric metric = data.Task.MetricFor(options.Metric, data.Eval.Source);
        return metric.IsDefinedFor(data.Outputs)
            ? metric
            : throw new RunException($"The metric {metric.Name} is for two classes; {data.Train.Source.Source} has " +
                $"{data.Outputs}. Choose another, such as macro_f1, accuracy or mcc.");
    }
}
