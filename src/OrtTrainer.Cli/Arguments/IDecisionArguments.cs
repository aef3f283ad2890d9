using CommandLine;

namespace OrtTrainer.Cli.Arguments;

/// <summary>What scores lead to, for all commands whose answers are read by users.</summary>
internal interface IDecisionArguments : IPredictorArguments
{
    [Option("threshold", MetaValue = "X", HelpText = "least score of a label of a multi-label model (default: " +
        "as tuned for the model, or 0.5)")]
    public double? Threshold { get; set; }

    [Option("no-answer-threshold", MetaValue = "X",
        HelpText = "a question has no answer where that scores more than the best by more than X (default: all have " +
            "one)")]
    public double? NoAnswerThreshold { get; set; }
}
