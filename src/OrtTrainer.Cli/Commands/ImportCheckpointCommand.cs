using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Export;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>import-checkpoint</c>: what a device trained, as a model folder.</summary>
internal static class ImportCheckpointCommand
{
    public static Task<int> RunAsync(
        ImportCheckpointArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        (string checkpoint, string output) = (arguments.Checkpoint, arguments.OutputFolder);
        string folder = ModelFolder.Require(arguments.ModelFolder);
        RunFolder.RequireFree(output);
        FineTunedModel model = ImportedCheckpoint.Open(checkpoint, folder, arguments.Parameters);
        using ExportSource source = new(model, new Provenance
        {
            Method = "on-device",
            Task = model.Task,
            Metric = "none",
            Seed = 0,
            BaseModel = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
        }, $"the checkpoint {checkpoint}");
        terminal.WriteLines([SourceExport.Write(source, output, interruption)]);
        return Task.FromResult(ExitCode.Done);
    }
}
