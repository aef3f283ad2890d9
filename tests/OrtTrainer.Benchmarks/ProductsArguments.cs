using CommandLine;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>products</c>.</summary>
internal sealed class ProductsArguments : CommandArguments
{
    [Section("Products")]
    [Option("rows", MetaValue = "A,B", HelpText = "rows of the inputs (default: 32,355,1713,4096)")]
    public string? Rows { get; set; }

    [Option("layers", MetaValue = "KxN,KxN",
        HelpText = "inputs x outputs of linear layers (default: those of a model of width 384)")]
    public string? Layers { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: 2)")]
    public int? Threads { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    /// <exception cref="UsageException">A list cannot be read.</exception>
    public IReadOnlyList<int> RowCounts => [.. (Rows ?? "32,355,1713,4096").Split(',').Select(Number)];

    /// <inheritdoc cref="RowCounts"/>
    public IReadOnlyList<(int Inputs, int Outputs)> Sizes =>
        [.. (Layers ?? "384x384,384x1152,384x1536,1536x384").Split(',').Select(Size)];

    private static (int Inputs, int Outputs) Size(string text)
    {
        string[] parts = text.Split('x');
        return parts.Length == 2
            ? (Number(parts[0]), Number(parts[1]))
            : throw new UsageException($"--layers has '{text}'; expected inputs and outputs such as 384x1536.");
    }

    private static int Number(string text) => int.TryParse(text, out int number) && number > 0
        ? number
        : throw new UsageException($"'{text}' is no size; expected a whole number of 1 or more.");
}
