using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Hub;
using OrtTrainer.Logging;
using OrtTrainer.Methods;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Options;

/// <summary>
/// Everything that decides a fine-tuning run. Two runs with equal options on the same files give the same bits; with
/// <see cref="Kernels"/>, whatever the number of threads. Values are checked
/// as they are set.
/// </summary>
[JsonShape(typeof(PartProperties))]
public sealed partial record FineTuneOptions
{
    private const string Evaluation = "Evaluation and checkpoints";
    private const string Execution = "Execution and output";

    private FineTuneMethod _method = MethodRegistry.Default;

    /// <summary>
    /// The folder of the pre-trained model in Hugging Face layout, or <c>hf:owner/name@revision</c>, a model on the
    /// Hugging Face hub.
    /// </summary>
    [Setting("model", "pre-trained model in Hugging Face layout; without --model and --train: the embedded one",
        Value = "DIR", Section = "Model and data")]
    public required string Model { get; init => field = NotEmpty(value); }

    /// <summary>The folder of <see cref="Model"/>, downloaded where it is on a hub and not in the cache.</summary>
    internal string ModelFolder => HubModels.FolderOf(Model);

    /// <summary>The data and its columns.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>The folder the model is exported to; the run's own files go to its subfolder <c>run</c>.</summary>
    [Setting("out", "folder to export to", Value = "DIR", Default = "a new one in artifacts/runs",
        Section = "Model and data")]
    public required string Output { get; init => field = NotEmpty(value); }

    /// <summary>What the loss is, how a step is taken and how weights are averaged, with their settings.</summary>
    [Setting("method", "finetune, or parts joined by +, such as distillation+swa", Value = "METHOD")]
    public FineTuneMethod Method
    {
        get => _method;
        init => _method = value;
    }

    /// <summary>Passes over the training data, above 0; fractions are allowed.</summary>
    [Setting("epochs", "passes over the data, fractions allowed")]
    public double Epochs { get; init => field = OptionRange.Above(value, 0); } = 3;

    /// <summary>Optimizer steps, 1 or more; null for those that <see cref="Epochs"/> make.</summary>
    [Setting("max-steps", "optimizer steps, instead of --epochs")]
    public long? MaxSteps { get; init => field = value is { } steps ? OptionRange.AtLeast(steps, 1) : null; }

    /// <summary>Seconds of training after which the run ends as if done, above 0; null for no limit.</summary>
    [Setting("max-seconds", "end training after so many seconds, as if done")]
    public double? MaxSeconds { get; init => field = value is { } seconds ? OptionRange.Above(seconds, 0) : null; }

    /// <summary>Examples per forward and backward pass, 1 or more.</summary>
    [Setting("batch-size", "examples per pass")]
    public int BatchSize { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 32;

    /// <summary>
    /// Passes whose gradients make one optimizer step, 1 or more; equals one batch of as many times the size.
    /// </summary>
    [Setting("accumulation", "passes per optimizer step")]
    public int Accumulation { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 1;

    /// <summary>
    /// Batches of like length: in each epoch's random order, the examples of so many batches, 2 or more, are sorted by
    /// their tokens and cut into batches, which then come in random order. Null for batches of any length.
    /// Batches have no padding either way, so that little time is saved, but where <see cref="Kernels"/> are off, whose
    /// attention pads. Batches are less random, and differ more in their tokens: the longest decide the peak of memory.
    /// </summary>
    [Setting("batch-by-length", "make batches of like length out of every N shuffled ones; they have no padding either "
        + "way, so that it saves little but with --no-kernels, and are less random", Default = "any length")]
    public int? BatchByLength { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 2) : null; }

    /// <summary>
    /// The highest learning rate, 0 or more; null for 1e-2 with SGD, 1e-3 (relative to a tensor's size) with Adafactor,
    /// and with AdamW 1e-3 with <see cref="Lora"/>, else the method's own, 5e-5 where it has none.
    /// </summary>
    [Setting("lr", "highest learning rate", Default = "5e-5, lora 1e-3, sgd 1e-2, adafactor 1e-3")]
    public double? LearningRate { get; init => field = value is { } rate ? OptionRange.AtLeast(rate, 0.0) : null; }

    /// <summary>The curve of the rate; null for the method's own, linear where it has none.</summary>
    [Setting("schedule", "constant, constant_with_warmup, linear, cosine, cosine_with_restarts, polynomial, "
        + "inverse_sqrt", Default = "linear")]
    public ScheduleKind? Schedule { get; init => field = value is { } kind ? OptionRange.Defined(kind) : null; }

    /// <summary>Share of the steps over which the rate rises from 0, in [0, 1).</summary>
    [Setting("warmup", "share of the steps over which the rate rises")]
    public double Warmup { get; init => field = OptionRange.Below(value, 0, 1); } = 0.06;

    /// <summary>Weight decay of matrices and embeddings, 0 or more: decoupled, but an L2 penalty with SGD.</summary>
    [Setting("weight-decay", "weight decay, decoupled but for sgd")]
    public double WeightDecay { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.01;

    /// <summary>AdamW's decay of the first moment, in [0, 1).</summary>
    public double Beta1 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.9;

    /// <summary>AdamW's decay of the second moment, in [0, 1).</summary>
    public double Beta2 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.999;

    /// <summary>AdamW's epsilon, above 0.</summary>
    public double Epsilon { get; init => field = OptionRange.Above(value, 0); } = 1e-8;

    /// <summary>The largest global gradient norm let through, above 0; null for no clipping.</summary>
    [Setting("clip", "largest gradient norm let through")]
    public double? ClipNorm { get; init => field = value is { } norm ? OptionRange.Above(norm, 0) : null; } = 1;

    /// <summary>The most tokens of a text or pair, special ones included, 8 or more; longer ones are cut.</summary>
    [Setting("max-length", "most tokens of a text or pair")]
    public int MaxLength { get; init => field = (int)OptionRange.AtLeast((long)value, 8); } = 128;

    /// <summary>
    /// For tasks that read what is longer than <see cref="MaxLength"/> in windows: how many tokens a window shares with
    /// the one before, 0 or more; null for 128, or half of <see cref="MaxLength"/> where that is less.
    /// </summary>
    [Setting("stride", "tokens that windows of a long context share, for question-answering",
        Default = "128, or half of --max-length")]
    public int? Stride { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 0) : null; }

    /// <summary>Dropout everywhere, in [0, 1); null for the probabilities of the model's configuration.</summary>
    [Setting("dropout", "dropout everywhere", Default = "as the model's configuration says")]
    public double? Dropout { get; init => field = value is { } p ? OptionRange.Below(p, 0, 1) : null; }

    /// <summary>
    /// Whether batch normalization goes by the statistics of the pre-trained model throughout. Otherwise it goes by the
    /// batch in training, and by statistics of the training data, made anew for the weights, in evaluation and export.
    /// </summary>
    [Setting("frozen-batch-norm", "batch normalization by the pre-trained model's statistics, not the batch's",
        IsSwitch = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FrozenBatchNorm { get; init; }

    /// <summary>How much examples count by their label; null for equal weights.</summary>
    [Setting("class-weights", "how much examples count by label: balanced, or label=2,other=0.5", Value = "WEIGHTS",
        Default = "all alike", Section = "Loss")]
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>
    /// The teacher of a distillation; null otherwise, and for a self-distillation that trains its own first.
    /// </summary>
    public TeacherOptions? Teacher { get; init; }

    /// <summary>
    /// The chance with which an element of an encoder layer's dense matrix is its pre-trained value for a step
    /// (mixout, Lee et al. 2020), in [0, 1); null for no mixout.
    /// </summary>
    [Setting("mixout", "chance of a weight to be its pre-trained value for a step, in encoder matrices",
        Default = "none")]
    public double? Mixout { get; init => field = value is { } p ? OptionRange.Below(p, 0, 1) : null; }

    /// <summary>
    /// What the learning rate is multiplied with from each layer to the one below, in (0, 1]: 1 for the head,
    /// decay^(depth - l) for layer l of 0 to depth - 1, and decay^(depth + 1) for the embeddings, as in BEiT (Bao et
    /// al. 2022); 1 for one rate.
    /// </summary>
    [Setting("layer-decay", "what the rate is multiplied with from each layer to the one below")]
    public double LayerDecay
    {
        get;
        init => field = OptionRange.Above(OptionRange.Between(value, 0, 1), 0);
    } = 1;

    /// <summary>
    /// Low-rank adapters that are trained in place of the model's weights, with whatever of its head is new (LoRA, Hu
    /// et al. 2021): settings such as <c>r=8,alpha=16,targets=query+value,dropout=0.05,rslora=yes</c>, any of which may
    /// be left out; null trains the weights themselves.
    /// </summary>
    [Setting("lora", "train low-rank adapters, not the model: "
        + "r=8,alpha=16,targets=query+value,dropout=0,rslora=no, any left out", Value = "SETTINGS", Default = "none")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Lora { get; init => field = value is null ? null : Methods.Lora.Parse(value).ToString(); }

    /// <summary>Optimizer steps between evaluations, 1 or more; null for one at the end of every epoch.</summary>
    [Setting("eval-steps", "optimizer steps between evaluations", Default = "an epoch", Section = Evaluation)]
    public long? EvalSteps { get; init => field = value is { } steps ? OptionRange.AtLeast(steps, 1) : null; }

    /// <summary>Evaluations without a better live score after which the run ends, 1 or more; null for never.</summary>
    [Setting("patience", "end after so many evaluations without a better score", Section = Evaluation)]
    public int? Patience { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>
    /// Whether the best live weights by <see cref="Metric"/>, not the last, count as the live ones in the end.
    /// </summary>
    [Setting("keep-best", "the best live weights, not the last, are the live ones in the end", IsSwitch = true,
        Section = Evaluation)]
    public bool KeepBest { get; init; }

    /// <summary>Whether a temperature is fitted on the evaluation data in the end and kept beside the model, so that
    /// predicted probabilities can be believed.</summary>
    [Setting("calibrate", "fit a temperature on the evaluation data, which predict applies to probabilities",
        IsSwitch = true, Section = Evaluation)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Calibrate { get; init; }

    /// <summary>For labels that do not exclude each other: whether the threshold of each is tuned to the greatest F1 on
    /// the evaluation data and kept beside the model.</summary>
    [Setting("tune-thresholds", "multi-label: tune each label's threshold to the greatest F1 on the evaluation data",
        IsSwitch = true, Section = Evaluation)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TuneThresholds { get; init; }

    /// <summary>The name of the metric that decides, such as <c>mcc</c>; null for the task's own.</summary>
    [Setting("metric", "what decides, such as accuracy, macro_f1, mcc, spearman", Section = Evaluation)]
    public string? Metric { get; init; }

    /// <summary>Seconds between checkpoints, 0 (after every step) or more.</summary>
    [Setting("checkpoint-seconds", "seconds between checkpoints", Section = Evaluation)]
    public double CheckpointSeconds { get; init => field = OptionRange.AtLeast(value, 0.0); } = 60;

    /// <summary>Fixes initialization, order and dropout.</summary>
    [Setting("seed", "fixes initialization, order and dropout")]
    public long Seed { get; init; } = 1;

    /// <summary>Starts every parameter at random, taking only the configuration and tokenizer of the model.</summary>
    [Setting("from-scratch", "start every parameter at random", IsSwitch = true)]
    public bool FromScratch { get; init; }

    /// <summary>The encoder layers to keep, in order, counted from 0; null for all.</summary>
    [Setting("layers", "encoder layers to keep, counted from 0", Value = "0,2,4")]
    public IReadOnlyList<int>? Layers { get; init => field = value is null ? null : Existing(value); }

    /// <summary>
    /// The name of the device that the run executes on, such as <c>cuda</c> or <c>cuda:1</c>; null for the processors.
    /// A run may go on on another device than it began on.
    /// </summary>
    /// <exception cref="ArgumentException">This build knows no such device.</exception>
    [Setting("device", "where it runs: the processors, or a device as orttrainer devices lists them", Value = "NAME",
        Default = "the processors", Section = Execution)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init => field = DeviceOf(value); }

    /// <summary>Threads, 1 or more; null for all processors.</summary>
    [Setting("threads", "threads", Default = "all processors", Section = Execution)]
    public int? Threads { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>
    /// What matrix products are computed in while training and evaluating; weights, sums and all else stay float32.
    /// Processors have <see cref="Graph.Precision.Bf16"/> with AVX-512 BF16; <see cref="Graph.Precision.Tf32"/> and
    /// <see cref="Graph.Precision.Fp16"/>, whose loss is scaled, are of CUDA devices.
    /// </summary>
    [Setting("precision", "matrix products in: fp32, bf16; tf32, fp16 (cuda)", Value = "PRECISION",
        Section = Execution)]
    public Precision Precision { get; init => field = OptionRange.Defined(value); }

    /// <summary>
    /// Whether each encoder layer is computed again for its gradients: only what goes from one to the next is kept,
    /// which takes less memory and about a quarter more time. The weights are the same, to the bit.
    /// </summary>
    [Setting("recompute", "compute layers again for their gradients: less memory, more time", IsSwitch = true,
        Section = Execution)]
    public bool Recompute { get; init; }

    /// <summary>Whether fused operators run as C# kernels; otherwise ONNX Runtime runs their function bodies.</summary>
    [Setting("no-kernels", "run fused operators as ONNX function bodies, not as C# kernels", IsSwitch = true,
        Section = Execution)]
    public bool Kernels { get; init; } = true;

    /// <summary>
    /// Whether forward and backward passes are recorded as CUDA graphs and played back, on a CUDA device: batches are
    /// then filled up to a few lengths, with padding that has no part in anything. <see cref="RecordingMode.Auto"/>
    /// measures where it is faster. Weights do not depend on what is measured.
    /// </summary>
    [Setting("cuda-graphs", "on a CUDA device, play passes back as CUDA graphs, batches filled up: off, auto, on",
        Value = "MODE", Section = Execution)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RecordingMode CudaGraphs { get; init => field = OptionRange.Defined(value); }

    /// <summary>Whether the run leaves a report, <c>run/report.html</c>, and a model card, <c>README.md</c>.</summary>
    [Setting("no-report", "leave neither run/report.html nor README.md", IsSwitch = true, Section = Execution)]
    public bool Report { get; init; } = true;

    /// <summary>
    /// Where numbers of the run go while it trains, beside its own <c>run/metrics.jsonl</c>: some of
    /// <c>tensorboard</c>, <c>csv</c> and <c>mlflow</c> between commas, or <c>none</c>. MLflow's server is named by its
    /// own variables of the environment, such as <c>MLFLOW_TRACKING_URI</c>.
    /// </summary>
    [Setting("log-to", "where numbers go beside run/metrics.jsonl: tensorboard, csv, mlflow between commas, or none",
        Value = "LOGGERS", Section = Execution)]
    public string LogTo
    {
        get;
        init => field = RunLoggerKind.Parse(value) is { Count: > 0 } kinds
            ? string.Join(',', kinds.Select(kind => kind.Word))
            : RunLoggerKind.None;
    } = RunLoggerKind.Default;

    /// <summary>The experiment of the MLflow server that the run belongs to; null for the server's default.</summary>
    [Setting("mlflow-experiment", "experiment of the MLflow server that the run belongs to", Value = "NAME",
        Default = "the server's", Section = Execution)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MlflowExperiment { get; init; }

    /// <summary>What <see cref="LogTo"/> names.</summary>
    [JsonIgnore]
    internal IReadOnlyList<RunLoggerKind> Loggers => RunLoggerKind.Parse(LogTo);

    /// <summary>The rate in force: the one given, or the optimizer's and the method's own.</summary>
    [JsonIgnore]
    public double EffectiveLearningRate => LearningRate ?? Optimizer switch
    {
        OptimizerKind.Sgd => 1e-2,
        OptimizerKind.Adafactor => 1e-3,
        _ => Parts.Select(part => part.DefaultLearningRate).FirstOrDefault(rate => rate is not null) ?? 5e-5,
    };

    /// <summary>The curve in force: the one given, or the method's own.</summary>
    [JsonIgnore]
    public ScheduleKind EffectiveSchedule =>
        Schedule ?? Parts.Select(part => part.DefaultSchedule).FirstOrDefault(kind => kind is not null)
        ?? ScheduleKind.Linear;

    /// <summary>
    /// Whether the live weights in the end are the best: asked for, or because training stops for want of better ones.
    /// </summary>
    [JsonIgnore]
    public bool EndsWithBest => KeepBest || Patience is not null;

    /// <summary>
    /// What changes how the run trains: the parts of its method, and what stands beside any method. The later ones lie
    /// nearer to the batches.
    /// </summary>
    [JsonIgnore]
    internal IReadOnlyList<RunPart> Parts =>
    [
        .. new RunPart?[]
        {
            Adapters,
            Method.Loss,
            ClassWeights,
            Method.Step,
            Mixout is { } probability ? new Mixout(probability) : null,
            LayerDecay < 1 ? new LayerDecay(LayerDecay) : null,
            Method.Average,
        }.OfType<RunPart>(),
    ];

    /// <summary>The settings of <see cref="Lora"/>; null without.</summary>
    [JsonIgnore]
    internal Lora? Adapters => Lora is null ? null : Methods.Lora.Parse(Lora);

    /// <summary>The device in force, whether or not this machine has it.</summary>
    [JsonIgnore]
    public string EffectiveDevice => Device ?? Runtime.Device.Default.Name;

    /// <summary>Threads in force.</summary>
    [JsonIgnore]
    public int EffectiveThreads => Threads ?? Environment.ProcessorCount;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    private static string? DeviceOf(string? word)
    {
        string? name = word is null ? null : Runtime.Device.NameOf(word);
        return name == Runtime.Device.Default.Name ? null : name;
    }
}
