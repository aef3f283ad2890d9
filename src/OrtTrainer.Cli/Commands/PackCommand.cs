using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Packs;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>pack</c>: a folder that trains the last layers of a model, or adapters, on a small device.</summary>
internal static class PackCommand
{
    private const int MostProbes = 64;

    /// <summary>What a pack is checked on where there are no data.</summary>
    private static readonly string[] Texts =
    [
        "Who wrote the first novel about the sea?", "The train to the coast leaves at 7:45 every morning.",
        "I would not buy it again.", "How many bones does an adult have?", "Wonderful - even better than we had hoped!",
        "Please send me the invoice for order 20417.", "The committee postponed its decision until next week.",
        "yes", "Water boils at a lower temperature high in the mountains, because the air presses on it less.",
    ];

    public static Task<int> RunAsync(PackArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string folder = arguments.OutputFolder;
        Dataset? data = arguments.Train is { } file
            ? LabeledData.LoadTrain(arguments.DataOf(file, ModelTask.Default), terminal.Note, interruption)
            : null;
        IReadOnlyList<string>? labels = data?.Labels!.Names;
        if (labels is not null && arguments.Labels is { } count && count != labels.Count)
        {
            throw new UsageException(
                $"--num-labels is {count}, but {arguments.Train} has {labels.Count} labels. Give one of the two.");
        }

        PackManifest pack = PackWriter.Write(
            new PackOptions
            {
                Graphs = arguments.Graphs(labels),
                Frozen = arguments.FrozenParts,
                MaxBytes = arguments.MaxBytes,
                Probes = data is null ? Texts : [.. data.Examples.Take(MostProbes).Select(example => example.Text)],
                Runner = Path.Combine(AppContext.BaseDirectory, "edge"),
            },
            folder);
        terminal.WriteResult(pack, Lines(pack, folder), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(PackManifest pack, string folder)
    {
        string trained = pack.Lora is not null
            ? $"Adapters of the last {Figures.Count(pack.TrainLast, "layer")} ({pack.Lora}) and the head are trained"
            : pack.TrainLast == 0 ? "The head is trained"
            : $"The last {Figures.Count(pack.TrainLast, "layer")} and the head are trained";
        yield return $"{trained}; what stays as it is is stored in {Words.Of(pack.Frozen)}.";
        foreach (IGrouping<string, PackFile> kind in pack.Files.GroupBy(file => file.Kind))
        {
            yield return $"{kind.Key,-10} {Kilobytes(kind.Sum(file => file.Bytes)),8} kB  "
                + (kind.Count() == 1 ? kind.First().File : Figures.Count(kind.Count(), "file"));
        }

        yield return $"{"all",-10} {Kilobytes(pack.Bytes),8} kB";
        if (pack.Difference is { } difference)
        {
            yield return FormattableString.Invariant(
                $"States of the frozen layers on {difference.Texts} texts differ from the model's own by ")
                + FormattableString.Invariant($"{difference.Max:0.0e+0} at most and {difference.Mean:0.0e+0} in the ")
                + "mean; " + FormattableString.Invariant($"their mean magnitude is {difference.Magnitude:0.00}.");
        }

        string full = Path.GetFullPath(folder);
        yield return $"Written to {ShownPath.Of(full)}, with {PackManifest.FileName}. Train it with:";
        yield return $"cd {ShownPath.Of(Path.Combine(full, "runner"))} && npm install && "
            + "node train-ort.mjs .. --train F.tsv --out DIR";
    }

    private static string Kilobytes(long bytes) => Figures.Count(Math.Ceiling(bytes / 1e3));
}
