using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Generation;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How texts are written, for all commands that let models write.</summary>
internal interface IGenerationArguments
{
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

    /// <summary>Fixes all draws.</summary>
    public long? Seed { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "prompts that run at the same time (default: 8)")]
    public int? BatchSize { get; set; }

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static GenerationOptions Of(IGenerationArguments arguments) => OptionErrors.Guard(arguments.GetType(), () =>
    {
        GenerationOptions usual = new();
        GenerationOptions options = new()
        {
            MaxNewTokens = arguments.MaxNewTokens ?? usual.MaxNewTokens,
            MinNewTokens = arguments.MinNewTokens ?? usual.MinNewTokens,
            StopStrings =
                arguments.StopStrings?.Replace("\\n", "\n", StringComparison.Ordinal).Split(',') ?? [],
            Samples = arguments.Samples,
            Temperature = arguments.Temperature ?? usual.Temperature,
            TopK = arguments.TopK ?? usual.TopK,
            TopP = arguments.TopP ?? usual.TopP,
            MinP = arguments.MinP ?? usual.MinP,
            RepetitionPenalty = arguments.RepetitionPenalty ?? usual.RepetitionPenalty,
            Beams = arguments.Beams ?? usual.Beams,
            LengthPenalty = arguments.LengthPenalty ?? usual.LengthPenalty,
            StopsEarly = arguments.StopsEarly,
            Seed = arguments.Seed ?? usual.Seed,
            BatchSize = arguments.BatchSize ?? usual.BatchSize,
        };
        options.Validate();
        return options;
    });
}
