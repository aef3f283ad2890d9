using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>
/// The options of <c>finetune</c> that say where its data and options are and what it prints; the others come from the
/// library's option records. What is not given is left to <c>--options</c> and then to the library.
/// </summary>
[RunSettings("Model and data", "Training", "Loss", "Teacher", "Step", "Weight averaging", "Evaluation and checkpoints",
    "Execution and output")]
internal class FinetuneArguments : LabelledArguments, IRunArguments
{
    [Section("Model and data")]
    [Repeated(TakesMany = true)]
    [Option("train", MetaValue = "F", HelpText = "file to train on; several, a pattern as 'part-*.csv', or a data " +
        "set's folder")]
    public string? Train { get; set; }

    [Repeated(TakesMany = true)]
    [Option("eval", MetaValue = "F", HelpText = "file to evaluate on and choose by; split off --train where absent")]
    public string? Eval { get; set; }

    [Repeated(TakesMany = true)]
    [Option("test", MetaValue = "F", HelpText = "file to test on once, at the end")]
    public string? Test { get; set; }

    [Option("eval-fraction", MetaValue = "X",
        HelpText = "share of --train to evaluate on where there is no --eval (default: 0.1)")]
    public double? EvalFraction { get; set; }

    [Option("folds", MetaValue = "K", HelpText = "cross-validation: divide --train into K parts, hold each out once, "
        + "and write predictions of all rows; no model of all data is made")]
    public int? Folds { get; set; }

    [Option("group", MetaValue = "COL", HelpText = "with --folds: rows with the same value are held out together")]
    public string? GroupColumn { get; set; }

    [Option("task", MetaValue = "TASK",
        HelpText = "{tasks} (default: classification)")]
    public string? Task { get; set; }

    [Option("sample-weight", MetaValue = "COL", HelpText = "column of weights by which examples are drawn, with " +
        "replacement, as many in an epoch as there are; not weights of the loss")]
    public string? SampleWeight { get; set; }

    [Option("loss-weight", MetaValue = "COL", HelpText = "column of what the loss of an example is multiplied with; " +
        "every example still comes once in an epoch")]
    public string? LossWeight { get; set; }

    [Option("tag-every-token", HelpText = "token classification: train every token of a word towards its tag, not " +
        "the first alone")]
    public bool TagEveryToken { get; set; }

    [Option("pooling", MetaValue = "WORD", HelpText = "sentence similarity: a text's vector is the mean of its " +
        "tokens or the first one: mean or cls (default: the model's own, or mean)")]
    public string? Pooling { get; set; }

    [Option("similarity-loss", MetaValue = "WORD", HelpText = "sentence similarity: multiple-negatives, cosent or " +
        "cosine (default: cosent for data with scores, else multiple-negatives)")]
    public string? SimilarityLoss { get; set; }

    [Option("random-flip", HelpText = "image classification: mirror every other image, drawn for every step")]
    public bool RandomFlip { get; set; }

    [Option("random-crop", MetaValue = "N", HelpText = "image classification: cut images out of a black frame of N " +
        "pixels at random, drawn for every step")]
    public int? RandomCrop { get; set; }

    [Option("color-jitter", MetaValue = "X", HelpText = "image classification: multiply brightness, contrast and " +
        "saturation with 1 - X to 1 + X, drawn for every step")]
    public double? ColorJitter { get; set; }

    [Option("mixup", MetaValue = "A", HelpText = "image classification: blend images and labels of a step in pairs, " +
        "by shares drawn from Beta(A, A)")]
    public double? Mixup { get; set; }

    [Option("cutmix", MetaValue = "A", HelpText = "image classification: put a patch of another image into each of " +
        "a step, with its share of the label, by shares drawn from Beta(A, A)")]
    public double? Cutmix { get; set; }

    public string? OptionsFile { get; set; }

    public string? Resume { get; set; }

    [Section("Execution and output")]
    public string? Distributed { get; set; }

    public string? Exchange { get; set; }

    public bool Quiet { get; set; }

    public bool Json { get; set; }
}
