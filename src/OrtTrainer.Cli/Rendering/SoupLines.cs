using OrtTrainer.Cli.Parsing;
using OrtTrainer.Studies.Soups;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A soup in lines: every run with its score and place, then the soup.</summary>
internal static class SoupLines
{
    public static IEnumerable<string> Of(SoupResult result)
    {
        int kept = result.Runs.Count(run => run.Place is not null);
        yield return $"{result.Metric} of the {Words.Of(result.Weights)} weights on " +
            $"{Figures.Count(result.Examples)} evaluation examples:";
        foreach (SoupScore run in result.Runs)
        {
            string place = run.Place is { } n ? $"in, {n} of {kept}" : "left out";
            yield return $"  {Figures.Score(run.Score),7}  {place,-13}{ShownPath.Of(run.Run)}";
        }

        yield return $"  {Figures.Score(result.Score),7}  {Words.Of(result.Recipe)} soup";
        foreach (string note in result.Notes)
        {
            yield return $"note: {note}";
        }

        yield return FormattableString.Invariant(
            $"checked: the ONNX model's logits differ from the training graph's by {result.ExportDifference:0.0e+0}")
            + " at most";
        yield return $"Exported to {ShownPath.Of(result.Output)}.";
    }
}
