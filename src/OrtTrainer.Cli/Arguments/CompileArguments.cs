using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Compilation;
using OrtTrainer.Hub;
using OrtTrainer.Methods;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>compile</c>.</summary>
internal sealed class CompileArguments : CommandArguments
{
    [Section("What is trained and where to")]
    [Option("model", MetaValue = "DIR",
        HelpText = "model folder with config.json, or such a file; no weights are read")]
    public string? Model { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "folder to write the graphs and graphs.json to")]
    public string? Output { get; set; }

    [Option("task", MetaValue = "TASK", HelpText = "{tasks} (default: classification)")]
    public string? Task { get; set; }

    [Option("num-labels", MetaValue = "N",
        HelpText = "labels of the data (default: those that config.json names; none for tasks without labels)")]
    public int? Labels { get; set; }

    [Option("layers", MetaValue = "0,2,4", HelpText = "encoder layers to keep, counted from 0 (default: all)")]
    public string? Layers { get; set; }

    [Option("train-last", MetaValue = "N",
        HelpText = "train the last N layers and the head, or with 0 the head alone; what is below stays as it "
            + "is, runs forward alone and without dropout, and is a graph of its own (default: train all)")]
    public int? TrainLast { get; set; }

    [Option("lora", MetaValue = "SETTINGS",
        HelpText = "train low-rank adapters beside the layers, not the layers: "
            + "r=8,alpha=16,targets=query+value,dropout=0,rslora=no, any left out (default: none)")]
    public string? Lora { get; set; }

    [Option("method", MetaValue = "METHOD",
        HelpText = "whose loss is minimized: finetune, focal, poly-1 or confidence-penalty (default: finetune)")]
    public string? Method { get; set; }

    [Option("dropout", MetaValue = "X", HelpText = "dropout everywhere (default: as config.json says)")]
    public double? Dropout { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    public string OutputFolder => Required(Output, "--out", "give the folder to write the graphs to");

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong, or there is no model.</exception>
    public CompileOptions Options => OptionErrors.Guard(GetType(), () => new CompileOptions
    {
        Model = Required(Model, "--model", "give the folder of a model, or its config.json"),
        Task = Task is { } word ? ModelTask.Named(word) : ModelTask.Default,
        Labels = Labels,
        Layers = LayerNumbers.Parse(Layers),
        Method = Method is { } method ? FineTuneMethod.Parse(method) : FineTuneMethod.FineTune,
        TrainLast = TrainLast,
        Lora = Lora is { } settings ? Methods.Lora.Parse(settings) : null,
        Dropout = Dropout,
    });

    public override HubContent ModelContent => HubContent.Description;
}
