using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>soup</c>.</summary>
internal sealed class SoupArguments : CommandArguments
{
    [Section("What goes in and where to")]
    [Option("out", MetaValue = "DIR", HelpText = "new folder to export to")]
    public string? Output { get; set; }

    [Option("recipe", MetaValue = "NAME",
        HelpText = "greedy: from the best run down, those that do not lower the score on the first run's evaluation "
            + "data; uniform: all (default: greedy)")]
    public string? Recipe { get; set; }

    [Option("weights", MetaValue = "NAME", HelpText = "of each run: exported, live or averaged (default: exported)")]
    public string? Weights { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => int.MaxValue;

    public string OutputFolder => Required(Output, "--out", "give a new folder to export to");

    /// <summary>The folders of the runs.</summary>
    /// <exception cref="UsageException">There are fewer than two.</exception>
    public IReadOnlyList<string> Runs => Rest.ToArray() is { Length: >= 2 } runs
        ? runs
        : throw new UsageException(
            "two or more runs are needed: soup RUN RUN... --out DIR, the --out folders of finished runs.");
}
