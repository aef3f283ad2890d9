using System.Globalization;
using CommandLine;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>serving</c>.</summary>
internal sealed class ServingArguments : CommandArguments
{
    [Section("Model and texts")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a fine-tuned model of texts")]
    public string? Model { get; set; }

    [Option("texts", MetaValue = "F", HelpText = "table of the texts that are asked about")]
    public string? Texts { get; set; }

    [Option("text", MetaValue = "COL", HelpText = "their column (default: text)")]
    public string TextColumn { get; set; } = "text";

    [Option("threads", MetaValue = "N", HelpText = "threads of the model (default: all processors)")]
    public int? Threads { get; set; }

    [Section("Load")]
    [Option("clients", MetaValue = "N,N", HelpText = "how many clients ask at once, in turns (default: 1,8,64)")]
    public string Clients { get; set; } = "1,8,64";

    [Option("rounds", MetaValue = "N", HelpText = "turns of each, and of the predictor without a server (default: 5)")]
    public int Rounds { get; set; } = 5;

    [Option("seconds", MetaValue = "X", HelpText = "time of a turn (default: 3)")]
    public double Seconds { get; set; } = 3;

    [Option("tokens-per-batch", MetaValue = "N", HelpText = "of the server (default: its own)")]
    public int? TokensPerBatch { get; set; }

    [Option("bad", MetaValue = "N", HelpText = "instead: send N bad requests, and tell memory every tenth of them")]
    public int? Bad { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the figures as JSON")]
    public bool Json { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a fine-tuned model");

    public string TextFile => Required(Texts, "--texts", "give a table of texts");

    /// <summary>The numbers of clients.</summary>
    /// <exception cref="UsageException">There is one that is no number above 0.</exception>
    public int[] ClientCounts =>
    [
        .. Clients.Split(',').Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
                ? count
                : throw new UsageException($"--clients is '{Clients}'; expected numbers between commas, such as 1,8.")),
    ];
}
