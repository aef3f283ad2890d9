using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Reports.Results;

/// <summary>A confusion matrix as a picture with its numbers.</summary>
internal static class ConfusionFigure
{
    // More rows than this cannot be read.
    private const int MostClasses = 25;
    private const int NarrowClasses = 7;

    /// <summary>The matrix; of many classes, the part of those with the most mistakes.</summary>
    /// <param name="confusion">Labels against predictions.</param>
    /// <param name="names">A name per class.</param>
    public static IEnumerable<ReportBlock> Of(ConfusionMatrix confusion, IReadOnlyList<string> names)
    {
        int[] classes = [.. confusion.Occurring];
        if (classes.Length == 0)
        {
            yield break;
        }

        if (classes.Length > MostClasses)
        {
            yield return new ParagraphBlock(
                $"Of {classes.Length} classes, those {MostClasses} that take part in the most mistakes are drawn.");
            classes = [.. classes.OrderByDescending(k => Mistakes(confusion, k)).Take(MostClasses).Order()];
        }

        string[] shown = [.. classes.Select(k => names[k])];
        HeatMap map = new()
        {
            Title = "Confusion matrix",
            Names = shown,
            Count = (row, column) => confusion[classes[row], classes[column]],
            RowsAre = "labels",
            ColumnsAre = "predictions",
            Description = $"How often each of {shown.Length} classes was predicted for each label.",
            Width = shown.Length <= NarrowClasses ? 360 : 720,
        };
        ReportTable table = new(
            "Confusion matrix: labels as rows, predictions as columns", ["label", .. shown],
            [
                .. classes.Select(row => (string[])
                    [names[row], .. classes.Select(column => ReportFigures.Count(confusion[row, column]))]),
            ]);
        yield return new FigureBlock([map.ToInlineSvg()], table) { IsSmall = shown.Length <= NarrowClasses };
    }

    private static long Mistakes(ConfusionMatrix confusion, int k) =>
        Enumerable.Range(0, confusion.Classes).Where(other => other != k)
            .Sum(other => confusion[k, other] + confusion[other, k]);
}
