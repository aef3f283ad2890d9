using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>
/// The options of <c>finetune</c>. A property has the name of the library's option that it sets; what is not given is
/// left to <c>--options</c> and then to the library.
/// </summary>
internal sealed class FinetuneArguments : LabelledArguments
{
    [Section("Model and data")]
    [Option("model", MetaValue = "DIR",
        HelpText = "pre-trained model in Hugging Face layout; without --model and --train: the embedded one")]
    public string? Model { get; set; }

    [Option("train", MetaValue = "F", HelpText = "file to train on")]
    public string? Train { get; set; }

    [Option("eval", MetaValue = "F", HelpText = "file to evaluate on and choose by; split off --train where absent")]
    public string? Eval { get; set; }

    [Option("test", MetaValue = "F", HelpText = "file to test on once, at the end")]
    public string? Test { get; set; }

    [Option("eval-fraction", MetaValue = "X",
        HelpText = "share of --train to evaluate on where there is no --eval (default: 0.1)")]
    public double? EvalFraction { get; set; }

    [Option("task", MetaValue = "TASK",
        HelpText = "{tasks} (default: classification)")]
    public string? Task { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "folder to export to (default: a new one in artifacts/runs)")]
    public string? Output { get; set; }

    [Option("options", MetaValue = "F.json",
        HelpText = "options from a file, named as in a run's options.json; the command line wins")]
    public string? OptionsFile { get; set; }

    [Option("resume", MetaValue = "[DIR]",
        HelpText = "go on with the interrupted run in DIR (or --out), with its options")]
    [OptionalValue]
    public string? Resume { get; set; }

    [Section("Training")]
    [Option("method", MetaValue = "METHOD",
        HelpText = "finetune, or parts joined by +, such as distillation+swa (default: swa); the loss: "
            + "label-smoothing, tf-reg, distillation, self-distillation, annealing-distillation, rail-distillation, "
            + "confidence-penalty, r-drop or focal; the step: sam, asam or lookahead; the average: swa, ema, "
            + "lawa or swag")]
    public string? Method { get; set; }

    [Option("epochs", MetaValue = "X", HelpText = "passes over the data, fractions allowed (default: 3)")]
    public double? Epochs { get; set; }

    [Option("max-steps", MetaValue = "N", HelpText = "optimizer steps, instead of --epochs")]
    public long? MaxSteps { get; set; }

    [Option("max-seconds", MetaValue = "X", HelpText = "end training after so many seconds, as if done")]
    public double? MaxSeconds { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "examples per pass (default: 32)")]
    public int? BatchSize { get; set; }

    [Option("accumulation", MetaValue = "N", HelpText = "passes per optimizer step (default: 1)")]
    public int? Accumulation { get; set; }

    [Option("lr", MetaValue = "X", HelpText = "highest learning rate (default: 5e-5; swa: 1e-4)")]
    public double? LearningRate { get; set; }

    [Option("schedule", MetaValue = "NAME",
        HelpText = "constant, constant_with_warmup, linear, cosine, cosine_with_restarts, polynomial, inverse_sqrt")]
    public string? Schedule { get; set; }

    [Option("warmup", MetaValue = "X", HelpText = "share of the steps over which the rate rises (default: 0.06)")]
    public double? Warmup { get; set; }

    [Option("weight-decay", MetaValue = "X", HelpText = "decoupled weight decay (default: 0.01)")]
    public double? WeightDecay { get; set; }

    [Option("clip", MetaValue = "X", HelpText = "largest gradient norm let through (default: 1)")]
    public double? ClipNorm { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: 128)")]
    public int? MaxLength { get; set; }

    [Option("dropout", MetaValue = "X", HelpText = "dropout everywhere (default: as the model's configuration says)")]
    public double? Dropout { get; set; }

    [Option("mixout", MetaValue = "X",
        HelpText = "chance of a weight to be its pre-trained value for a step, in encoder matrices (default: none)")]
    public double? Mixout { get; set; }

    [Option("layer-decay", MetaValue = "X",
        HelpText = "what the rate is multiplied with from each layer to the one below (default: 1)")]
    public double? LayerDecay { get; set; }

    [Option("from-scratch", HelpText = "start every parameter at random")]
    public bool FromScratch { get; set; }

    [Option("layers", MetaValue = "0,2,4", HelpText = "encoder layers to keep, counted from 0")]
    public string? Layers { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes initialisation, order and dropout (default: 1)")]
    public long? Seed { get; set; }

    [Section("Loss")]
    [Option("alpha", MetaValue = "X",
        HelpText = "share of the teacher (default: tf-reg 0.5, distillation 0.9), strength of r-drop (1)")]
    public double? Alpha { get; set; }

    [Option("temperature", MetaValue = "X",
        HelpText = "divides the logits of teacher and student (default: distillations 2, tf-reg none)")]
    public double? Temperature { get; set; }

    [Option("temperature-squared", MetaValue = "YES",
        HelpText = "yes or no: multiply the teacher's part by T^2 (default: distillations yes, tf-reg no)")]
    public string? TemperatureSquared { get; set; }

    [Option("distillation-loss", MetaValue = "NAME",
        HelpText = "kullback-leibler, soft-cross-entropy or logit-error (default: kullback-leibler)")]
    public string? DistillationLoss { get; set; }

    [Option("epsilon", MetaValue = "X", HelpText = "share that label smoothing takes from the label (default: 0.1)")]
    public double? Epsilon { get; set; }

    [Option("smoothing", MetaValue = "NAME",
        HelpText = "who gets it: uniform, all classes, or others, all but the label's (default: uniform)")]
    public string? Convention { get; set; }

    [Option("confidence", MetaValue = "X",
        HelpText = "what the made-up teacher of tf-reg gives to the label (default: 0.9)")]
    public double? Confidence { get; set; }

    [Option("beta", MetaValue = "X", HelpText = "strength of the confidence penalty (default: 0.1)")]
    public double? Beta { get; set; }

    [Option("gamma", MetaValue = "X", HelpText = "how fast the focal loss fades (default: 2)")]
    public double? Gamma { get; set; }

    [Option("max-temperature", MetaValue = "N",
        HelpText = "in how many steps annealing-distillation makes the teacher louder (default: 7)")]
    public int? MaxTemperature { get; set; }

    [Option("teacher-share", MetaValue = "X",
        HelpText = "share of the steps that annealing-distillation learns from the teacher (default: 0.5)")]
    public double? TeacherShare { get; set; }

    [Option("label-weight", MetaValue = "X", HelpText = "weight of the labels in rail-distillation (default: 1/3)")]
    public double? LabelWeight { get; set; }

    [Option("teacher-weight", MetaValue = "X",
        HelpText = "weight of the teacher's outputs in rail-distillation (default: 1/3)")]
    public double? TeacherWeight { get; set; }

    [Option("intermediate-weight", MetaValue = "X",
        HelpText = "weight of the teacher's layers in rail-distillation (default: 1/3)")]
    public double? IntermediateWeight { get; set; }

    [Option("map-width", MetaValue = "N",
        HelpText = "values that layers are mapped to before they are compared in rail-distillation (default: 128)")]
    public int? MapWidth { get; set; }

    [Option("class-weights", MetaValue = "WEIGHTS",
        HelpText = "how much examples count by label: balanced, or label=2,other=0.5 (default: all alike)")]
    public string? ClassWeights { get; set; }

    [Section("Teacher")]
    [Option("teacher", MetaValue = "DIR",
        HelpText = "model to learn from, in Hugging Face layout or exported; its outputs are kept for the next run")]
    public string? Teacher { get; set; }

    [Option("teacher-logits", MetaValue = "F", HelpText = "file of logits instead, a row per training example")]
    public string? TeacherLogits { get; set; }

    [Option("teacher-length", MetaValue = "N", HelpText = "most tokens the teacher sees (default: its own limit)")]
    public int? TeacherLength { get; set; }

    [Option("teacher-threads", MetaValue = "N", HelpText = "the teacher's threads (default: as --threads)")]
    public int? TeacherThreads { get; set; }

    [Option("teacher-device", MetaValue = "NAME", HelpText = "where the teacher runs: cpu (default: cpu)")]
    public string? TeacherDevice { get; set; }

    [Option("teacher-cache", MetaValue = "DIR",
        HelpText = "folder that keeps outputs of teachers (default: the user's)")]
    public string? TeacherCache { get; set; }

    [Section("Step")]
    [Option("rho", MetaValue = "X", HelpText = "how far uphill sam and asam look (default: sam 0.05, asam 0.5)")]
    public double? Rho { get; set; }

    [Option("eta", MetaValue = "X", HelpText = "what weights near zero count as in asam (default: 0.01)")]
    public double? Eta { get; set; }

    [Option("period", MetaValue = "N",
        HelpText = "steps from one move of lookahead's slow weights to the next (default: 5)")]
    public long? Period { get; set; }

    [Option("share", MetaValue = "X", HelpText = "how far they move towards the live ones (default: 0.5)")]
    public double? Share { get; set; }

    [Section("Weight averaging")]
    [Option("swa-start", MetaValue = "X", HelpText = "share of the steps before averaging starts (default: 0.5)")]
    public double? SwaStart { get; set; }

    [Option("swa-interval", MetaValue = "N", HelpText = "every how many steps weights are averaged (default: 1)")]
    public long? SwaInterval { get; set; }

    [Option("swa-rate", MetaValue = "NAME", HelpText = "constant, cyclical or anneal (default: constant)")]
    public string? SwaRate { get; set; }

    [Option("swa-lr", MetaValue = "X",
        HelpText = "low rate of a cycle, last rate of an anneal (default: a tenth of --lr)")]
    public double? SwaLearningRate { get; set; }

    [Option("ema-decay", MetaValue = "X", HelpText = "share of the old average kept per step (default: 0.999)")]
    public double? EmaDecay { get; set; }

    [Option("window", MetaValue = "N", HelpText = "how many weights lawa averages, the latest ones (default: 5)")]
    public int? Window { get; set; }

    [Option("interval", MetaValue = "N", HelpText = "steps from one of them to the next (default: 10)")]
    public long? Interval { get; set; }

    [Option("samples", MetaValue = "N", HelpText = "weights that swag draws in the end (default: 10)")]
    public int? Samples { get; set; }

    [Option("scale", MetaValue = "X", HelpText = "what swag multiplies variances with to draw them (default: 0.5)")]
    public double? Scale { get; set; }

    [Section("Evaluation and checkpoints")]
    [Option("metric", MetaValue = "NAME", HelpText = "what decides, such as accuracy, macro_f1, mcc, spearman")]
    public string? Metric { get; set; }

    [Option("eval-steps", MetaValue = "N", HelpText = "optimizer steps between evaluations (default: an epoch)")]
    public long? EvalSteps { get; set; }

    [Option("patience", MetaValue = "N", HelpText = "end after so many evaluations without a better score")]
    public int? Patience { get; set; }

    [Option("keep-best", HelpText = "the best live weights, not the last, are the live ones in the end")]
    public bool KeepBest { get; set; }

    [Option("checkpoint-seconds", MetaValue = "X", HelpText = "seconds between checkpoints (default: 60)")]
    public double? CheckpointSeconds { get; set; }

    [Section("Execution and output")]
    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Option("no-kernels", HelpText = "run fused operators as ONNX function bodies, not as C# kernels")]
    public bool NoKernels { get; set; }

    [Option("quiet", HelpText = "print the result only")]
    public bool Quiet { get; set; }

    [Option("json", HelpText = "print events as JSON Lines, nothing else")]
    public bool Json { get; set; }
}
