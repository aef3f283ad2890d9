using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Import;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>doctor</c>: what an ONNX file is made of, and whether it can be trained.</summary>
internal static class DoctorCommand
{
    public static Task<int> RunAsync(DoctorArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        interruption.ThrowIfCancellationRequested();
        DoctorReport report = ModelDoctor.Examine(arguments.File);
        if (arguments.Json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Options));
        }
        else
        {
            terminal.WriteLines(DoctorLines.Of(report));
        }

        return Task.FromResult(report.Trainable ? ExitCode.Done : ExitCode.Failed);
    }
}
