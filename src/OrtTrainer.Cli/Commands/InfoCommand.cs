using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Inspection;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>info</c>: what a folder is; fails where its files do not fit together.</summary>
internal static class InfoCommand
{
    public static Task<int> RunAsync(InfoArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        interruption.ThrowIfCancellationRequested();
        FolderInfo info = FolderInspection.Of(HubModels.FolderOf(arguments.Folder, HubContent.WeightsOrGraph));
        terminal.WriteResult(info, InfoLines.Of(info), arguments.Json);
        return Task.FromResult(info.Misfits.Count == 0 ? ExitCode.Done : ExitCode.Failed);
    }
}
