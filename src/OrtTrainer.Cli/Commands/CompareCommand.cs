using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Studies.Comparisons;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>compare</c>: two finished runs on the same examples.</summary>
internal static class CompareCommand
{
    public static Task<int> RunAsync(CompareArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        (string first, string second) = arguments.Runs;
        RunComparison comparison = OptionErrors.Guard(typeof(CompareArguments), () => RunComparison.Of(
            first,
            second,
            new RunComparisonOptions
            {
                Data = arguments.Data,
                Test = arguments.Test,
                Metric = arguments.Metric,
                Execution = InferenceSettings.Execution(arguments.Threads),
            },
            interruption));
        if (arguments.Json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(comparison, RunJson.Options));
        }
        else
        {
            terminal.WriteLines(ComparisonLines.Of(comparison));
        }

        return Task.FromResult(ExitCode.Done);
    }
}
