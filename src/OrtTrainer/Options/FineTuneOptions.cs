using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Options;

/// <summary>
/// Everything that decides a fine-tuning run. Two runs with equal options on the same files give the same bits; with
/// <see cref="Kernels"/>, whatever the number of threads. Values are checked
/// as they are set.
/// </summary>
public sealed partial record FineTuneOptions
{
    /// <summary>The folder of the pre-trained model in Hugging Face layout.</summary>
    public required string Model { get; init => field = NotEmpty(value); }

    /// <summary>The data and its columns.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>The folder the model is exported to; the run's own files go to its subfolder <c>run</c>.</summary>
    public required string Output { get; init => field = NotEmpty(value); }

    /// <summary>What the loss is and how weights are averaged.</summary>
    public FineTuneMethod Method { get; init; } = FineTuneMethod.Swa;

    /// <summary>Passes over the training data, above 0; fractions are allowed.</summary>
    public double Epochs { get; init => field = OptionRange.Above(value, 0); } = 3;

    /// <summary>Optimizer steps, 1 or more; null for those that <see cref="Epochs"/> make.</summary>
    public long? MaxSteps { get; init => field = value is { } steps ? OptionRange.AtLeast(steps, 1) : null; }

    /// <summary>Seconds of training after which the run ends as if done, above 0; null for no limit.</summary>
    public double? MaxSeconds { get; init => field = value is { } seconds ? OptionRange.Above(seconds, 0) : null; }

    /// <summary>Examples per forward and backward pass, 1 or more.</summary>
    public int BatchSize { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 32;

    /// <summary>
    /// Passes whose gradients make one optimizer step, 1 or more; equals one batch of as many times the size.
    /// </summary>
    public int Accumulation { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 1;

    /// <summary>The highest learning rate, 0 or more; null for 5e-5, and 1e-4 with SWA and SWAG.</summary>
    public double? LearningRate { get; init => field = value is { } rate ? OptionRange.AtLeast(rate, 0.0) : null; }

    /// <summary>The curve of the rate; null for linear, and constant_with_warmup with SWA
    /// and SWAG.</summary>
    public ScheduleKind? Schedule { get; init => field = value is { } kind ? OptionRange.Defined(kind) : null; }

    /// <summary>Share of the steps over which the rate rises from 0, in [0, 1).</summary>
    public double Warmup { get; init => field = OptionRange.Below(value, 0, 1); } = 0.06;

    /// <summary>Decoupled weight decay of matrices and embeddings, 0 or more.</summary>
    public double WeightDecay { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.01;

    /// <summary>AdamW's decay of the first moment, in [0, 1).</summary>
    public double Beta1 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.9;

    /// <summary>AdamW's decay of the second moment, in [0, 1).</summary>
    public double Beta2 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.999;

    /// <summary>AdamW's epsilon, above 0.</summary>
    public double Epsilon { get; init => field = OptionRange.Above(value, 0); } = 1e-8;

    /// <summary>The largest global gradient norm let through, above 0; null for no clipping.</summary>
    public double? ClipNorm { get; init => field = value is { } norm ? OptionRange.Above(norm, 0) : null; } = 1;

    /// <summary>The most tokens of a text or pair, special ones included, 8 or more; longer ones are cut.</summary>
    public int MaxLength { get; init => field = (int)OptionRange.AtLeast((long)value, 8); } = 128;

    /// <summary>Dropout everywhere, in [0, 1); null for the probabilities of the model's configuration.</summary>
    public double? Dropout { get; init => field = value is { } p ? OptionRange.Below(p, 0, 1) : null; }

    /// <summary>Share of the steps before averaging starts, in [0, 1).</summary>
    public double SwaStart { get; init => field = OptionRange.Below(value, 0, 1); } = 0.5;

    /// <summary>Every how many steps the weights are averaged, 1 or more; with a cyclical rate, the cycle.</summary>
    public long SwaInterval { get; init => field = OptionRange.AtLeast(value, 1); } = 1;

    /// <summary>What the rate does once averaging has started.</summary>
    public SwaRate SwaRate { get; init => field = OptionRange.Defined(value); } = SwaRate.Constant;

    /// <summary>
    /// The low rate of a cycle or the final one of an anneal, 0 or more; null for a tenth of the learning rate.
    /// </summary>
    public double? SwaLearningRate { get; init => field = value is { } rate ? OptionRange.AtLeast(rate, 0.0) : null; }

    /// <summary>Share of the old average that EMA keeps per step, in [0, 1).</summary>
    public double EmaDecay { get; init => field = OptionRange.Below(value, 0, 1); } = 0.999;

    /// <summary>Optimizer steps between evaluations, 1 or more; null for one at the end of every epoch.</summary>
    public long? EvalSteps { get; init => field = value is { } steps ? OptionRange.AtLeast(steps, 1) : null; }

    /// <summary>Evaluations without a better live score after which the run ends, 1 or more; null for never.</summary>
    public int? Patience { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>
    /// Whether the best live weights by <see cref="Metric"/>, not the last, count as the live ones in the end.
    /// </summary>
    public bool KeepBest { get; init; }

    /// <summary>The name of the metric that decides, such as <c>mcc</c>; null for the task's own.</summary>
    public string? Metric { get; init; }

    /// <summary>Seconds between checkpoints, 0 (after every step) or more.</summary>
    public double CheckpointSeconds { get; init => field = OptionRange.AtLeast(value, 0.0); } = 60;

    /// <summary>Fixes initialisation, order and dropout.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Starts every parameter at random, taking only the configuration and tokenizer of the model.</summary>
    public bool FromScratch { get; init; }

    /// <summary>The encoder layers to keep, in order, counted from 0; null for all.</summary>
    public IReadOnlyList<int>? Layers { get; init => field = value is null ? null : Existing(value); }

    /// <summary>Threads, 1 or more; null for all processors.</summary>
    public int? Threads { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>Whether fused operators run as C# kernels; otherwise ONNX Runtime runs their function bodies.</summary>
    public bool Kernels { get; init; } = true;

    /// <summary>The rate in force: the one given, or the method's own.</summary>
    [JsonIgnore]
    public double EffectiveLearningRate => LearningRate ?? (Method.AveragesAtHighRate ? 1e-4 : 5e-5);

    /// <summary>The curve in force: the one given, or the method's own.</summary>
    [JsonIgnore]
    public ScheduleKind EffectiveSchedule =>
        Schedule ?? (Method.AveragesAtHighRate ? ScheduleKind.ConstantWithWarmup : ScheduleKind.Linear);

    /// <summary>
    /// Whether the live weights in the end are the best: asked for, or because training stops for want of better ones.
    /// </summary>
    [JsonIgnore]
    public bool EndsWithBest => KeepBest || Patience is not null;

    /// <summary>Threads in force.</summary>
    [JsonIgnore]
    public int EffectiveThreads => Threads ?? Environment.ProcessorCount;
}
