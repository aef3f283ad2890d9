using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>flatness</c>: how flat the loss is round the weights of a run.</summary>
internal static class FlatnessCommand
{
    public static async Task<int> RunAsync(
        FlatnessArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string run = arguments.RunFolder;
        FlatnessOptions options = Options(arguments);
        string output = arguments.Output ?? Path.Combine(run, "flatness");
        FlatnessFolder.RequireFree(output);
        IProgress<string>? progress = arguments.Json ? null : new Lines(terminal.Out);
        FlatnessReport report = await FlatnessProbe.MeasureAsync(run, options, progress, interruption);
        FlatnessFolder.Write(output, report);
        if (arguments.Json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Options));
            return ExitCode.Done;
        }

        FlatnessTable.Print(report, terminal);
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"Written to {ShownPath.Of(Path.GetFullPath(output))}; open {FlatnessFolder.PageName}.");
        return ExitCode.Done;
    }

    private static FlatnessOptions Options(FlatnessArguments arguments) =>
        OptionErrors.Guard(typeof(FlatnessArguments), () =>
        {
            FlatnessOptions defaults = new();
            return new FlatnessOptions
            {
                Data = arguments.Data ?? defaults.Data,
                Examples = arguments.Examples ?? defaults.Examples,
                Weights = arguments.Weights,
                Directions = arguments.Directions ?? defaults.Directions,
                Radius = arguments.Radius ?? defaults.Radius,
                Points = arguments.Points ?? defaults.Points,
                Rho = arguments.Rho ?? defaults.Rho,
                AdaptiveRho = arguments.AdaptiveRho ?? defaults.AdaptiveRho,
                Iterations = arguments.Iterations ?? defaults.Iterations,
                Tolerance = arguments.Tolerance ?? defaults.Tolerance,
                TraceSamples = arguments.TraceSamples ?? defaults.TraceSamples,
                Seed = arguments.Seed ?? defaults.Seed,
                Threads = arguments.Threads,
            };
        });

    /// <summary>A line per part of the work, written at once: the thread pool's order may be another.</summary>
    private sealed class Lines(TextWriter output) : IProgress<string>
    {
        public void Report(string value) => output.WriteLine(value);
    }
}
