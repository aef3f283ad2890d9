using OrtTrainer.Cli.Rendering;

namespace OrtTrainer.Cli.Inspection;

/// <summary>What a folder is, in lines of a name and facts.</summary>
internal static class InfoLines
{
    private const int NameColumn = 13;
    private const int MostLabels = 12;
    private const int MostFiles = 20;

    public static IEnumerable<string> Of(FolderInfo info)
    {
        yield return Line("folder", ShownPath.Of(info.Folder));
        yield return Line("kind", info.Kind.Replace('_', ' '));
        (string Name, string? Value)[] facts =
        [
            ("hub", info.Hub),
            ("architecture", info.Architecture),
            ("task", info.Task),
            ("labels", info.Labels.Count == 0 ? null : string.Join(", ", info.Labels.Take(MostLabels))
                + (info.Labels.Count > MostLabels ? $" and {info.Labels.Count - MostLabels} more" : "")),
            ("parameters", info.Parameters is { } count ? Figures.Count(count) : null),
            ("precision", info.Precision.Count == 0 ? null : string.Join(", ", info.Precision)),
            ("max length", info.MaxLength is { } length ? Figures.Count(length, "token") : null),
            ("tokenizer", info.Tokens is { } tokens ? Figures.Count(tokens, "token") : null),
            ("ONNX graph", info.GraphInputs.Count == 0 ? null : $"takes {string.Join(", ", info.GraphInputs)}"
                + (info.HasQuantizedGraph ? "; also with 8-bit weights" : "")),
        ];
        foreach ((string name, string? value) in facts)
        {
            if (value is not null)
            {
                yield return Line(name, value);
            }
        }

        foreach ((string name, string value) in info.Provenance)
        {
            yield return Line(name.Replace('_', ' '), value);
        }

        yield return Line("size", $"{Figures.Bytes(info.Bytes)} in {Figures.Count(info.Files.Count, "file")}");
        foreach ((string name, long bytes) in info.Files.OrderByDescending(file => file.Value).Take(MostFiles))
        {
            yield return $"  {Figures.Count(bytes),15}  {name}";
        }

        foreach (string note in info.Notes)
        {
            yield return $"note: {note}";
        }

        foreach (string misfit in info.Misfits)
        {
            yield return $"misfit: {string.Join(' ', misfit.Split('\n', StringSplitOptions.TrimEntries))}";
        }

        if (info.Misfits.Count == 0)
        {
            yield return "The files fit together.";
        }
    }

    private static string Line(string name, string value) => name.Length < NameColumn
        ? name.PadRight(NameColumn) + value
        : $"{name} {value}";
}
