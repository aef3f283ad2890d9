using OrtTrainer.Cli.Arguments;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>download</c>: a model from a hub into the cache, so that it is there when it is needed.</summary>
internal static class DownloadCommand
{
    public static Task<int> RunAsync(DownloadArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        interruption.ThrowIfCancellationRequested();
        if (arguments is { Onnx: true, TokenizerOnly: true })
        {
            throw new UsageException("--onnx and --tokenizer-only exclude each other.");
        }

        string word = HubModels.IsWord(arguments.Model) ? arguments.Model : HubName.Prefix + arguments.Model;
        HubContent content = arguments.Onnx ? HubContent.All
            : arguments.TokenizerOnly ? HubContent.Description
            : HubContent.WeightsOrGraph;
        string folder = HubModels.FolderOf(word, content);
        terminal.WriteResult(
            new { Folder = folder, Model = HubModels.Pinned(word, content) }, [folder], arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }
}
