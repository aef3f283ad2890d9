using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Reports.Results;

/// <summary>A reliability diagram (Guo et al. 2017) in words and pictures.</summary>
internal static class ReliabilityFigure
{
    /// <summary>What the probabilities of decisions are worth.</summary>
    /// <param name="reliability">The decisions in bins.</param>
    /// <param name="decisions">What they are, in words, such as <c>predictions</c>.</param>
    public static IEnumerable<ReportBlock> Of(Reliability reliability, string decisions)
    {
        if (reliability.Count == 0)
        {
            yield break;
        }

        yield return new ParagraphBlock(
            $"Expected calibration error: {ReportFigures.Fixed(reliability.ExpectedError, 4)} in "
            + $"{reliability.Bins.Count} bins of equal width; mean probability "
            + $"{ReportFigures.Fixed(reliability.MeanConfidence, 4)}, share of right {decisions} "
            + $"{ReportFigures.Fixed(reliability.Accuracy, 4)}. {Tendency(reliability)}");
        BarPlot right = new()
        {
            Title = "Reliability",
            Bars = [.. reliability.Bins.Select(bin => Bar(bin, bin.Accuracy, "right"))],
            XLabel = "probability of the prediction",
            YLabel = $"share of right {decisions}",
            YRange = new AxisRange(0, 1),
            HasDiagonal = true,
            Description = "Bars on the dashed line are of probabilities that are kept.",
        };
        BarPlot counts = new()
        {
            Title = "How probable",
            Bars = [.. reliability.Bins.Select(bin => Bar(bin, bin.Count, decisions))],
            XLabel = "probability of the prediction",
            YLabel = decisions,
            Description = $"How many {decisions} there are of each probability.",
        };
        ReportTable table = new(
            $"Reliability: {decisions} by probability", ["probability", decisions, "mean probability", "right"],
            [
                .. reliability.Bins.Where(bin => bin.Count > 0).Select(bin => (string[])
                [
                    $"{ReportFigures.Fixed(bin.Low, 3)} to {ReportFigures.Fixed(bin.High, 3)}",
                    ReportFigures.Count(bin.Count), ReportFigures.Fixed(bin.Confidence, 4),
                    ReportFigures.Fixed(bin.Accuracy, 4),
                ]),
            ]);
        yield return new FigureBlock([right.ToInlineSvg(), counts.ToInlineSvg()], table);
    }

    private static Bar Bar(ReliabilityBin bin, double height, string what) => new(
        bin.Low, bin.High, height,
        $"{ReportFigures.Fixed(bin.Low, 2)} to {ReportFigures.Fixed(bin.High, 2)}: "
        + $"{ReportFigures.Short(height)} {what}");

    private static string Tendency(Reliability reliability)
    {
        double gap = reliability.MeanConfidence - reliability.Accuracy;
        return Math.Abs(gap) < 0.01
            ? "On the whole the probabilities are neither too high nor too low."
            : gap > 0
            ? "The probabilities are too high: what they promise is not kept."
            : "The probabilities are too low: more is right than they say.";
    }
}
