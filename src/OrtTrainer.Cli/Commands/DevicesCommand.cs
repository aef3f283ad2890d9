using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Runtime;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>devices</c>: what this machine can train on, and what is missing for more.</summary>
internal static class DevicesCommand
{
    public static Task<int> RunAsync(DevicesArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        interruption.ThrowIfCancellationRequested();
        if (arguments.Check is { } name)
        {
            return Task.FromResult(Check(name, arguments.Json, terminal, interruption));
        }

        DeviceSurvey[] surveys = [.. Device.All.Select(device => device.Survey())];
        terminal.WriteResult(surveys, surveys.SelectMany(DeviceLines.Of), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static int Check(string name, bool json, Terminal terminal, CancellationToken interruption)
    {
        Device device = OptionErrors.Guard(typeof(DevicesArguments), () => Device.Named(name));
        List<DeviceDifference> differences = [];
        foreach (DeviceDifference difference in DeviceCheck.Run(device))
        {
            interruption.ThrowIfCancellationRequested();
            differences.Add(difference);
        }

        terminal.WriteResult(differences, differences.Select(DeviceLines.Of), json);
        return differences.TrueForAll(difference => difference.IsFine) ? ExitCode.Done : ExitCode.Failed;
    }
}
