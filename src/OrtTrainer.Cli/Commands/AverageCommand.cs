using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>average</c>: the mean of what devices trained, or of model folders.</summary>
internal static class AverageCommand
{
    public static Task<int> RunAsync(AverageArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string output = arguments.OutputPath;
        IReadOnlyList<string> paths = arguments.Paths();
        AveragingRule rule = arguments.Rule(paths.Count);
        if (Directory.Exists(paths[0]))
        {
            RunFolder.RequireFree(output);
            using ExportSource mean = MeanOf(paths, rule, interruption);
            terminal.WriteLines([SourceExport.Write(mean, output, interruption)]);
            return Task.FromResult(ExitCode.Done);
        }

        if (paths.FirstOrDefault(Directory.Exists) is { } folder)
        {
            throw new RunException($"{folder}: is a model folder behind a file. Name a folder first, so that the mean "
                + "becomes a folder, or take files alone.");
        }

        WeightFileMean.Write(paths, rule, output);
        terminal.WriteLines([FormattableString.Invariant(
            $"Averaged {paths.Count} files into {ShownPath.Of(Path.GetFullPath(output))}.")]);
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>The first folder's model with the mean of all weights.</summary>
    private static ExportSource MeanOf(
        IReadOnlyList<string> paths, AveragingRule rule, CancellationToken interruption)
    {
        ExportSource first = ModelExport.Open(ModelFolder.Require(paths[0]), adapter: null);
        try
        {
            ParameterLayout layout = first.Model.Layout;
            using WeightBuffer next = new(Device.Default, layout.Length);
            for (int n = 1; n < paths.Count; n++)
            {
                interruption.ThrowIfCancellationRequested();
                Read(paths[n], layout, next);
                rule.Blend(next, first.Model.Parameters, n);
            }

            return first with
            {
                Description = FormattableString.Invariant($"the mean of {paths.Count} models"),
                Provenance = first.Provenance with
                {
                    Method = "average",
                    Formula = rule.Formula,
                    Ingredients = [.. paths.Select(path => Path.GetFileName(path))],
                },
            };
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    private static void Read(string path, ParameterLayout layout, WeightBuffer weights)
    {
        if (!Directory.Exists(path))
        {
            using Checkpoint file = WeightFileMean.Open(path);
            if (file is DeviceCheckpointFile checkpoint)
            {
                ImportedCheckpoint.RequireSame(checkpoint, layout);
            }

            layout.Fill(weights, file);
            return;
        }

        using ExportSource other = ModelExport.Open(path, adapter: null);
        Dictionary<string, ParameterSpec> found = other.Model.Layout.Parameters.ToDictionary(p => p.Name);
        if (layout.Parameters.FirstOrDefault(p => !found.TryGetValue(p.Name, out ParameterSpec? same)
            || !same.Shape.SequenceEqual(p.Shape)) is { } differs)
        {
            throw new RunException(
                $"{path}: the parameter {differs.Name} [{string.Join(", ", differs.Shape)}] of the first model is "
                + "not there in that shape. Average models of one architecture and task alone.");
        }

        weights.CopyFrom(other.Model.Parameters);
    }
}
