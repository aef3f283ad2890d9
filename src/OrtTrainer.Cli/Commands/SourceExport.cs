using OrtTrainer.Cli.Rendering;
using OrtTrainer.Export;

namespace OrtTrainer.Cli.Commands;

/// <summary>Exports a model that no data came with.</summary>
internal static class SourceExport
{
    /// <summary>Exports it, checked on random inputs; what was written, in a line.</summary>
    public static string Write(ExportSource source, string output, CancellationToken interruption)
    {
        using ExportProbe probe = new(source.Model);
        ExportComparison comparison = ModelExporter.Export(
            output, source.Model, source.Provenance, probe.Reference, interruption).Comparison!;
        return FormattableString.Invariant(
            $"Exported {source.Description} to {ShownPath.Of(Path.GetFullPath(output))}; on {comparison.Examples} ")
            + FormattableString.Invariant(
                $"random inputs its logits differ from the training graph's by {comparison.MaxAbsolute:0.0e+0} ")
            + "at most.";
    }
}
