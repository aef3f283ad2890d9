using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Compilation;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>compile</c>: the graphs of a training as files without weights.</summary>
internal static class CompileCommand
{
    public static Task<int> RunAsync(CompileArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string folder = arguments.OutputFolder;
        GraphManifest manifest = GraphCompiler.Compile(arguments.Options, folder);
        terminal.WriteResult(
            new
            {
                manifest.Task, manifest.Outputs, manifest.TrainLast, Output = folder,
                Trained = Elements(manifest, trained: true), Frozen = Elements(manifest, trained: false),
                Files = manifest.Graphs.Select(graph => new { graph.File, graph.Bytes, graph.Sha256 }).ToArray(),
            },
            Lines(manifest, folder), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(GraphManifest manifest, string folder)
    {
        yield return $"{manifest.Task}, {Figures.Count(manifest.Outputs, "output")}: "
            + $"{Figures.Count(Elements(manifest, trained: true))} parameters are trained, "
            + $"{Figures.Count(Elements(manifest, trained: false))} stay as they are.";
        foreach (CompiledFile graph in manifest.Graphs)
        {
            yield return $"{graph.File,-16} {Figures.Count(Math.Ceiling(graph.Bytes / 1e3)),6} kB";
        }

        if (manifest.Find(GraphRole.Inference) is null)
        {
            yield return "No graph for inference: an encoder and its decoder are exported as two graphs.";
        }

        yield return $"Written to {ShownPath.Of(folder)}, with {GraphManifest.FileName}.";
    }

    private static long Elements(GraphManifest manifest, bool trained) => manifest.Parameters
        .Where(parameter => parameter.Trained == trained)
        .Sum(parameter => parameter.Shape.Aggregate(1L, (n, size) => n * size));
}
