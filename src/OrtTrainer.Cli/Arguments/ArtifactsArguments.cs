using CommandLine;
using OrtTrainer.Artifacts;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Models;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>artifacts</c>.</summary>
[RunSettings("Model and labels", "What is trained", "Optimizer", "Loss", Only = "Loss")]
internal sealed class ArtifactsArguments : LabelledArguments
{
    [Section("Model and labels")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a model in Hugging Face layout")]
    public string? Model { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "folder for the files; new or empty")]
    public string? Output { get; set; }

    [Option("task", MetaValue = "TASK", HelpText = "{tasks} (default: the model's own)")]
    public string? Task { get; set; }

    [Option("num-labels", MetaValue = "N",
        HelpText = "outputs of the head (default: those of the model, or the labels in --train)")]
    public int? NumLabels { get; set; }

    [Option("train", MetaValue = "F", HelpText = "file whose labels the outputs are named by")]
    public string? Train { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes a head that starts at random (default: 0)")]
    public long? Seed { get; set; }

    [Section("What is trained")]
    [Option("freeze", MetaValue = "A,B",
        HelpText = "names of parameters that stay as they are; * stands for any letters (default: none)")]
    public string? Freeze { get; set; }

    [Option("layers-trainable", MetaValue = "N",
        HelpText = "train the head and the N layers next to it alone (default: all, embeddings too)")]
    public int? Layers { get; set; }

    [Section("Optimizer")]
    [Option("optimizer", MetaValue = "NAME", HelpText = "adamw, or sgd: plain, without momentum (default: adamw)")]
    public string? Optimizer { get; set; }

    [Option("beta1", MetaValue = "X", HelpText = "adamw: decay of the first moment (default: 0.9)")]
    public double? Beta1 { get; set; }

    [Option("beta2", MetaValue = "X", HelpText = "adamw: decay of the second moment (default: 0.999)")]
    public double? Beta2 { get; set; }

    [Option("epsilon-adam", MetaValue = "X",
        HelpText = "adamw: added to the root of the second moment (default: 1e-8)")]
    public double? Epsilon { get; set; }

    [Option("weight-decay", MetaValue = "X",
        HelpText = "adamw: decay of all parameters that are trained, biases and norms too (default: 0)")]
    public double? WeightDecay { get; set; }

    [Option("corrects-late",
        HelpText = "adamw: epsilon is added before the second moment is corrected, and weights decay after the step, "
            + "as ONNX Runtime's own generator has it (default: as PyTorch)")]
    public bool CorrectsLate { get; set; }

    [Option("clip-norm", MetaValue = "X", HelpText = "largest norm of all gradients together (default: any)")]
    public double? ClipNorm { get; set; }

    [Section("Loss")]
    [Option("method", MetaValue = "METHOD",
        HelpText = "finetune, label-smoothing, tf-reg, distillation, confidence-penalty, focal or poly1; with a "
            + "distillation the teacher's logits are one more input (default: finetune)")]
    public string? Method { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a model");

    public string OutputFolder => Required(Output, "--out", "give a folder for the files");

    /// <summary>How the device takes a step.</summary>
    /// <exception cref="UsageException">A value is wrong, or does not go with the optimizer.</exception>
    public ArtifactOptimizer OptimizerOptions() => OptionErrors.Guard(GetType(), () =>
    {
        bool isSgd = Optimizer?.ToLowerInvariant() switch
        {
            null or "adamw" => false,
            "sgd" => true,
            _ => throw new UsageException($"--optimizer is '{Optimizer}'; expected adamw or sgd."),
        };
        string[] adamw = ["--beta1", "--beta2", "--epsilon-adam", "--weight-decay", "--corrects-late"];
        if (isSgd && adamw.FirstOrDefault(Given.Contains) is { } idle)
        {
            throw new UsageException($"{idle} belongs to adamw; the optimizer is sgd. Leave it out.");
        }

        ArtifactOptimizer usual = new();
        return new ArtifactOptimizer
        {
            IsSgd = isSgd,
            Beta1 = Beta1 ?? usual.Beta1,
            Beta2 = Beta2 ?? usual.Beta2,
            Epsilon = Epsilon ?? usual.Epsilon,
            WeightDecay = WeightDecay ?? usual.WeightDecay,
            CorrectsLate = CorrectsLate,
            ClipNorm = ClipNorm,
        };
    });

    /// <summary>Which parameters it trains.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public TrainableParameters Trainable() => OptionErrors.Guard(GetType(), () => new TrainableParameters
    {
        Layers = Layers,
        Frozen = NamedParameters.Parse(Freeze),
    });
}
