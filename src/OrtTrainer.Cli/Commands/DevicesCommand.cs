using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Runtime;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>devices</c>: what this machine can train on, and what is missing for more.</summary>
internal static class DevicesCommand
{
    public static Task<int> RunAsync(DevicesArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        interruption.ThrowIfCancellationRequested();
        DeviceSurvey[] surveys = [.. Device.All.Select(device => device.Survey())];
        terminal.WriteResult(surveys, surveys.SelectMany(DeviceLines.Of), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }
}
