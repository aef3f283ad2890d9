using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>compare</c>.</summary>
internal sealed class CompareArguments : CommandArguments
{
    [Section("Data and metric")]
    [Option("data", MetaValue = "F",
        HelpText = "labelled file with the columns of the first run's data (default: the runs' evaluation data)")]
    public string? Data { get; set; }

    [Option("test", HelpText = "compare on the runs' test data")]
    public bool Test { get; set; }

    [Option("metric", MetaValue = "NAME", HelpText = "metric to compare (default: the one that decided in the first)")]
    public string? Metric { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Option("json", HelpText = "print all of it as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => 2;

    /// <summary>The two runs.</summary>
    /// <exception cref="UsageException">There are fewer, or options exclude each other.</exception>
    public (string First, string Second) Runs => Test && Data is not null
        ? throw new UsageException("--test and --data exclude each other: the runs' test data, or a file.")
        : Rest.ToArray() is [var first, var second]
            ? (first, second)
            : throw new UsageException("two runs are needed: compare RUN RUN, the --out folders of finished runs.");
}
