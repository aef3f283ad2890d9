using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Import;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>import</c>: an exported ONNX file as a model folder that can be trained.</summary>
internal static class ImportCommand
{
    public static Task<int> RunAsync(ImportArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        interruption.ThrowIfCancellationRequested();
        ImportReport report = ModelImport.Run(arguments.File, arguments.OutputFolder);
        if (arguments.Json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Options));
        }
        else
        {
            terminal.WriteLines(ImportLines.Of(report));
        }

        return Task.FromResult(ExitCode.Done);
    }
}
