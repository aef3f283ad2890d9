using OrtTrainer.Common;

namespace OrtTrainer.Export;

/// <summary>What an export wrote.</summary>
/// <param name="Files">The full paths of the files, in ordinal order.</param>
/// <param name="Comparison">How model.onnx compares with the reference; null where none was given.</param>
internal sealed record ExportResult(IReadOnlyList<string> Files, ExportComparison? Comparison)
{
    /// <summary>How the graph with 8-bit weights compares with the reference; null where there is none.</summary>
    public ExportComparison? Quantized { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
