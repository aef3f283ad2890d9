using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs.RateSearch;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>lr-find</c>: which learning rates a model learns from data at.</summary>
internal static class LrFindCommand
{
    public static Task<int> RunAsync(LrFindArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        if (arguments.Resume is not null || arguments.Distributed is not null)
        {
            throw new UsageException("lr-find begins anew, in one process; leave --resume and --distributed out.");
        }

        if (arguments.Plot is { } plot && File.Exists(plot))
        {
            throw new RunException($"{plot} is there already and stays as it is. Choose another --plot.");
        }

        FineTuneOptions options = FinetuneSettings.Of(arguments);
        if (options.Engine is not null)
        {
            throw new UsageException("lr-find takes its steps by this program; leave --engine out.");
        }

        RunSettings.RequireModel(options);
        // No average is wanted of weights that are thrown away.
        options = arguments.Settings.ContainsKey("method") ? options
            : options with { Method = FineTuneMethod.FineTune };
        RateCurve curve = OptionErrors.Guard(
            typeof(LrFindArguments),
            () => RateRangeTest.Run(
                options, arguments.From ?? 1e-7, arguments.To ?? 1, arguments.Steps ?? 100, events: null,
                interruption));
        if (arguments.Plot is { } file)
        {
            AtomicFile.WriteText(file, RateCurveLines.Plot(curve).ToSvg());
        }

        terminal.WriteResult(
            new { curve.Steepest, curve.TenthOfDivergence, curve.Divergence, curve.Points },
            RateCurveLines.Of(curve), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }
}
