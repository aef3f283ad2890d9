using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>generate</c>.</summary>
internal sealed class GenerateArguments : TableArguments, IInferenceArguments, IGenerationArguments, IOutputArguments
{
    [Section("Model and prompts")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a model that writes")]
    public string? Model { get; set; }

    public string? Adapter { get; set; }

    [Option("prompt", MetaValue = "TEXT",
        HelpText = "one prompt, or one source of an encoder-decoder; what is written comes as it is made")]
    public string? Prompt { get; set; }

    [Option("input", MetaValue = "F|-",
        HelpText = "file of prompts or chats, or - for standard input; a line of .txt or of that is a prompt")]
    public string? Input { get; set; }

    [Option("output", MetaValue = "F", HelpText = "file for the texts, as JSON Lines (default: standard output)")]
    public string? Output { get; set; }

    public bool Overwrites { get; set; }

    [Option("chat", HelpText = "take every prompt as a user's message in the model's chat template")]
    public bool Chats { get; set; }

    [Section("What is written")]
    public int? MaxNewTokens { get; set; }

    public int? MinNewTokens { get; set; }

    public string? StopStrings { get; set; }

    public bool Samples { get; set; }

    public double? Temperature { get; set; }

    public int? TopK { get; set; }

    public double? TopP { get; set; }

    public double? MinP { get; set; }

    public double? RepetitionPenalty { get; set; }

    public int? Beams { get; set; }

    public double? LengthPenalty { get; set; }

    public bool StopsEarly { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes all draws (default: 0)")]
    public long? Seed { get; set; }

    public int? BatchSize { get; set; }

    public string? Precision { get; set; }

    public string? Device { get; set; }

    public int? Threads { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a model that writes");

    public string InputFile => Required(Input, "--input", "give a file of prompts, - for standard input, or --prompt");
}
