using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Generation;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>generate</c>.</summary>
internal sealed class GenerateArguments : TableArguments
{
    private static readonly GenerationOptions Usual = new();

    [Section("Model and prompts")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a model that writes texts on")]
    public string? Model { get; set; }

    [Option("prompt", MetaValue = "TEXT", HelpText = "one prompt; what follows it is written as it comes")]
    public string? Prompt { get; set; }

    [Option("input", MetaValue = "F|-",
        HelpText = "file of prompts, or - for standard input; a line of .txt or of standard input is a prompt")]
    public string? Input { get; set; }

    [Option("output", MetaValue = "F", HelpText = "file for the texts, as JSON Lines (default: standard output)")]
    public string? Output { get; set; }

    [Section("What is written")]
    [Option("max-new-tokens", MetaValue = "N", HelpText = "most tokens behind a prompt (default: 128)")]
    public int? MaxNewTokens { get; set; }

    [Option("min-new-tokens", MetaValue = "N", HelpText = "fewest tokens before a text may end (default: 0)")]
    public int? MinNewTokens { get; set; }

    [Option("stop", MetaValue = "TEXT,TEXT", HelpText = "texts that end what is written; \\n is a new line")]
    public string? StopStrings { get; set; }

    [Option("sample", HelpText = "draw tokens by their probabilities (default: take the most probable)")]
    public bool Samples { get; set; }

    [Option("temperature", MetaValue = "X", HelpText = "what logits are divided by before a draw (default: 1)")]
    public double? Temperature { get; set; }

    [Option("top-k", MetaValue = "N", HelpText = "draw among the N most probable tokens (default: among all)")]
    public int? TopK { get; set; }

    [Option("top-p", MetaValue = "P", HelpText = "draw among the most probable whose share is P (default: 1)")]
    public double? TopP { get; set; }

    [Option("min-p", MetaValue = "P",
        HelpText = "draw among tokens at least P times as probable as the most probable (default: 0)")]
    public double? MinP { get; set; }

    [Option("repetition-penalty", MetaValue = "X",
        HelpText = "what logits of tokens that are there already are divided by (default: 1)")]
    public double? RepetitionPenalty { get; set; }

    [Option("beams", MetaValue = "N", HelpText = "texts that are followed at the same time (default: 1)")]
    public int? Beams { get; set; }

    [Option("length-penalty", MetaValue = "X",
        HelpText = "power of the length that a searched text's score is divided by (default: 1)")]
    public double? LengthPenalty { get; set; }

    [Option("early-stopping", HelpText = "end a search with as many ended texts as there are beams")]
    public bool StopsEarly { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes all draws (default: 0)")]
    public long? Seed { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "prompts that run at the same time (default: 8)")]
    public int? BatchSize { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a model that writes texts on");

    public string InputFile => Required(Input, "--input", "give a file of prompts, - for standard input, or --prompt");

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public GenerationOptions Options => OptionErrors.Guard(GetType(), () =>
    {
        GenerationOptions options = new()
        {
            MaxNewTokens = MaxNewTokens ?? Usual.MaxNewTokens,
            MinNewTokens = MinNewTokens ?? Usual.MinNewTokens,
            StopStrings = StopStrings?.Replace("\\n", "\n", StringComparison.Ordinal).Split(',') ?? [],
            Samples = Samples,
            Temperature = Temperature ?? Usual.Temperature,
            TopK = TopK ?? Usual.TopK,
            TopP = TopP ?? Usual.TopP,
            MinP = MinP ?? Usual.MinP,
            RepetitionPenalty = RepetitionPenalty ?? Usual.RepetitionPenalty,
            Beams = Beams ?? Usual.Beams,
            LengthPenalty = LengthPenalty ?? Usual.LengthPenalty,
            StopsEarly = StopsEarly,
            Seed = Seed ?? Usual.Seed,
            BatchSize = BatchSize ?? Usual.BatchSize,
        };
        options.Validate();
        return options;
    });
}
