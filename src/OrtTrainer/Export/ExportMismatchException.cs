using OrtTrainer.Common;

namespace OrtTrainer.Export;

/// <summary>The exported model answers otherwise than the training graph did; it should not be used.</summary>
public sealed class ExportMismatchException : OrtTrainerException
{
    internal ExportMismatchException(string path, ExportComparison comparison)
        : base($"{path}: {comparison.Beyond} logits differ from the training graph's beyond tolerance, " +
            FormattableString.Invariant(
                $"by up to {comparison.MaxAbsolute:g3} (relative {comparison.MaxRelative:g3}), first for ") +
            $"example {comparison.FirstBeyond} of {comparison.Examples}. " +
            "Nothing was written; what was there before is untouched. " +
            "Please report this with the model's config.json.") => Comparison = comparison;

    /// <summary>The differences.</summary>
    public ExportComparison Comparison { get; }
}
