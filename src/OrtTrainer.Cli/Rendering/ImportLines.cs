using OrtTrainer.Import;

namespace OrtTrainer.Cli.Rendering;

/// <summary>An import in lines.</summary>
internal static class ImportLines
{
    public static IEnumerable<string> Of(ImportReport report)
    {
        yield return $"{Figures.Count(report.Weights)} weights, {Figures.Count(report.Parameters)} parameters" +
            (report.Outputs is { } outputs ? $"; the last layer has {Figures.Count(outputs)} outputs" : "; no head");
        int sites = report.Attention + report.PlainAttention;
        if (sites > 0)
        {
            yield return $"attention: {report.Attention} of {sites} sites run as one operator without padding" +
                (report.PlainAttention > 0 ? ", the others node by node with padding" : "");
        }

        if (report.HasPadding)
        {
            yield return "note: padding changes what the file computes, so that training computes it, too; a " +
                "model with an attention_mask that it heeds trains faster";
        }

        if (!report.HasConfig)
        {
            yield return "note: no config.json lies beside the file; labels have no names, and there is no " +
                "dropout unless --dropout says how much";
        }

        if (!report.HasTokenizer)
        {
            yield return "note: no tokenizer lies beside the file; put one into the new folder before training " +
                "on texts";
        }

        yield return FormattableString.Invariant(
            $"checked: on made-up inputs, outputs differ from the file's by {report.Difference:0.0e+0} of the largest");
        yield return $"Written to {ShownPath.Of(report.Folder)}.";
    }
}
