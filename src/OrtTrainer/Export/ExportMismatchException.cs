using OrtTrainer.Common;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>The exported model answers otherwise than the training graph did; it should not be used.</summary>
internal sealed class ExportMismatchException : OrtTrainerException
{
    internal ExportMismatchException(string path, ExportComparison comparison)
        : base($"{path}: {comparison.Beyond} logits differ from the training graph's beyond tolerance, " +
            FormattableString.Invariant(
                $"by up to {comparison.MaxAbsolute:g3} (relative {comparison.MaxRelative:g3}), first for ") +
            $"example {comparison.FirstBeyond} of {comparison.Examples}. " +
            "Nothing was written; what was there before is untouched. " +
            "Please report this with the model's config.json.") => Comparison = comparison;

    internal ExportMismatchException(
        string path, int example, int examples, TokenizedExample exported, TokenizedExample trained)
        : base($"{path}: the exported tokenizer gives other ids for example {example} of {examples} than the model " +
            $"was trained with: {Shown(exported.InputIds)} instead of {Shown(trained.InputIds)}. Nothing was " +
            "written; what was there before is untouched. Please report this with the tokenizer's files.")
    {
    }

    /// <summary>How logits differ; null where the tokenizer does.</summary>
    public ExportComparison? Comparison { get; }

    private static string Shown(int[] ids) =>
        string.Join(' ', ids.Take(12)) + (ids.Length > 12 ? $" … ({ids.Length})" : "");
}
