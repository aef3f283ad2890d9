using CommandLine;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>generation</c>.</summary>
internal sealed class GenerationArguments : CommandArguments
{
    [Section("Model")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a decoder with its tokenizer")]
    public string? Model { get; set; }

    [Option("random", MetaValue = "LxWxV",
        HelpText = "instead: GPT-2 of random weights, layers x width x vocabulary, such as 12x768x50257")]
    public string? Random { get; set; }

    [Option("precision", MetaValue = "P", HelpText = "fp32 or bf16, for our own with a cache (default: fp32)")]
    public string? Precision { get; set; }

    [Section("Texts")]
    [Option("prompts", MetaValue = "F", HelpText = "text file, a prompt a line; needed with --model")]
    public string? Prompts { get; set; }

    [Option("prompt-tokens", MetaValue = "N", HelpText = "tokens of random prompts (default: 16)")]
    public int? PromptTokens { get; set; }

    [Option("new-tokens", MetaValue = "N", HelpText = "tokens written behind each prompt (default: 60)")]
    public int? NewTokens { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "prompts at a time (default: 1)")]
    public int? BatchSize { get; set; }

    [Option("rounds", MetaValue = "N", HelpText = "batches that each way writes (default: 10)")]
    public int? Rounds { get; set; }

    [Option("anew-rounds", MetaValue = "N",
        HelpText = "those among them that are written without a cache, too (default: 2)")]
    public int? AnewRounds { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: 2)")]
    public int? Threads { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    /// <summary>Layers, width and vocabulary of a random model; null for one of a folder.</summary>
    /// <exception cref="UsageException">There is no model, or two.</exception>
    public (int Layers, int Width, int Vocabulary)? Size
    {
        get
        {
            if (Model is null == Random is null)
            {
                throw new UsageException("Give either --model or --random.");
            }

            if (Random is null)
            {
                return Prompts is null
                    ? throw new UsageException("--prompts is missing: give a file with a prompt a line.")
                    : null;
            }

            int[] sizes = [.. Random.Split('x').Select(part => int.TryParse(part, out int size) ? size : 0)];
            return sizes is [> 0 and int layers, > 0 and int width, > 0 and int vocabulary] && width % 64 == 0
                ? (layers, width, vocabulary)
                : throw new UsageException(
                    $"--random is '{Random}'; expected layers x width x vocabulary, the width a multiple of 64.");
        }
    }
}
