using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>debug-data</c>.</summary>
internal sealed class DebugDataArguments : LabelledArguments
{
    [Section("Data")]
    [Option("options", MetaValue = "F.json", HelpText = "options file, as init writes it, whose data are looked " +
        "through: files, columns, task and format; the command line wins")]
    public string? OptionsFile { get; set; }

    [Option("eval", MetaValue = "F", HelpText = "file to evaluate on: looked through for rows that training has")]
    public string? Eval { get; set; }

    [Option("test", MetaValue = "F", HelpText = "file to test on: looked through for rows that the others have")]
    public string? Test { get; set; }

    [Option("task", MetaValue = "TASK", HelpText = "{tasks} (default: classification)")]
    public string? Task { get; set; }

    [Section("What is looked for")]
    [Option("similarity", MetaValue = "X",
        HelpText = "least Jaccard similarity of near-duplicates, in runs of five characters (default: 0.8)")]
    public double? Similarity { get; set; }

    [Option("predictions", MetaValue = "F", HelpText = "what predict wrote for the rows of DATA, with models that " +
        "did not learn from them; finds wrong labels (default: a quick classifier in 5 folds)")]
    public string? Predictions { get; set; }

    [Option("folds", MetaValue = "N", HelpText = "folds of the quick classifier (default: 5)")]
    public int? Folds { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes the folds (default: 1)")]
    public long? Seed { get; set; }

    [Option("model", MetaValue = "DIR", HelpText = "model whose tokens texts are counted in (default: none)")]
    public string? Model { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "with --model: tokens that texts are cut to (default: 128)")]
    public int? MaxLength { get; set; }

    [Section("Output")]
    [Option("show", MetaValue = "N", HelpText = "rows shown of each kind (default: 5)")]
    public int? Show { get; set; }

    [Option("strict", HelpText = "exit with 1 where something was found")]
    public bool Strict { get; set; }

    [Option("json", HelpText = "print all findings as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => 1;

    /// <summary>The file to train on; null where the options file is to name it.</summary>
    public string? Data => Rest.FirstOrDefault();
}
