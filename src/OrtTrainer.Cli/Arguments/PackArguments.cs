using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Packs;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>pack</c>.</summary>
internal sealed class PackArguments : LabelledArguments
{
    private const int DefaultLast = 2;

    [Section("What is packed and where to")]
    [Option("model", MetaValue = "DIR", HelpText = "model folder with config.json, weights and tokenizer")]
    public string? Model { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "folder to write the pack to")]
    public string? Output { get; set; }

    [Option("num-labels", MetaValue = "N",
        HelpText = "labels, whose names come with the data later (default: those of --train, or of config.json)")]
    public int? Labels { get; set; }

    [Option("train", MetaValue = "F",
        HelpText = "labelled file whose labels are the pack's, and whose texts it is checked on")]
    public string? Train { get; set; }

    [Option("train-last", MetaValue = "K", HelpText = "train the last K layers and the head; 0: the head alone "
        + "(default: 2, and with --lora all)")]
    public int? TrainLast { get; set; }

    [Option("lora", MetaValue = "SETTINGS", HelpText = "train low-rank adapters beside those layers, not the layers: "
        + "r=8,alpha=16,targets=query+value,dropout=0,rslora=no, any left out")]
    public string? Lora { get; set; }

    [Option("layers", MetaValue = "0,2,4", HelpText = "encoder layers to keep, counted from 0 (default: all)")]
    public string? Layers { get; set; }

    [Option("dropout", MetaValue = "X", HelpText = "dropout of what is trained (default: as config.json says)")]
    public double? Dropout { get; set; }

    [Section("Size")]
    [Option("max-size", MetaValue = "40MB",
        HelpText = "the most that the folder may take; what stays as it is is stored in the most exact form that fits")]
    public string? MaxSize { get; set; }

    [Option("frozen", MetaValue = "WORD",
        HelpText = "how matrices that stay as they are are stored: fp32, fp16, or int8 with a scale per row "
            + "(default: fp16, or what fits --max-size)")]
    public string? Frozen { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    public string OutputFolder => Required(Output, "--out", "give the folder to write the pack to");

    /// <summary>The graphs as the library takes them.</summary>
    /// <param name="labels">Names of the labels; null for none.</param>
    /// <exception cref="UsageException">A value is wrong, or there is no model.</exception>
    public CompileOptions Graphs(IReadOnlyList<string>? labels) => OptionErrors.Guard(GetType(), () =>
        new CompileOptions
    {
        Model = Required(Model, "--model", "give the folder of a model"),
        Labels = labels?.Count ?? Labels,
        LabelNames = labels,
        Layers = LayerNumbers.Parse(Layers),
        TrainLast = TrainLast ?? (Lora is null ? DefaultLast : null),
        Lora = Lora is { } settings ? Methods.Lora.Parse(settings) : null,
        Dropout = Dropout,
    });

    /// <summary>How frozen parts are stored; null for the most exact form that fits --max-size.</summary>
    /// <exception cref="UsageException">It is no such word.</exception>
    public FrozenPrecision? FrozenParts => Words.Parse<FrozenPrecision>("--frozen", Frozen)
        ?? (MaxSize is null ? FrozenPrecision.Fp16 : null);

    /// <summary>The most bytes; null for no limit.</summary>
    /// <exception cref="UsageException">It is no size.</exception>
    public long? MaxBytes => MaxSize is null ? null : ByteSize.Parse(MaxSize)
        ?? throw new UsageException($"--max-size is '{MaxSize}'; {ByteSize.Expected}.");
}
