using OrtTrainer.Reports;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Studies.Flatness;

/// <summary>A report as a page.</summary>
internal static class FlatnessDocument
{
    public static ReportDocument Of(FlatnessReport report)
    {
        Dictionary<string, LinePlot> plots = FlatnessPlots.Of(report).ToDictionary(p => p.Name, p => p.Plot);
        List<ReportBlock> blocks =
        [
            new ParagraphBlock(
                $"The mean task loss over {ReportFigures.Count(report.Examples)} examples of {report.Data}, without " +
                "dropout, round the weights that the run ended with."),
            new HeadingBlock(2, "In figures"),
            new TableBlock(new ReportTable(
                "Smaller sharpness, curvature and rise are flatter", ["", .. report.Weights.Select(w => w.Name)],
                [.. FlatnessMeasure.Of(report).Select(m => (IReadOnlyList<string>)[m.Name.Trim(), .. m.Values])])),
            new ListBlock([.. FlatnessMeasure.Remarks(report)]),
            new HeadingBlock(2, "Along random directions"),
            new ParagraphBlock(
                "At distance 1 every row of every matrix has moved by its own length; biases and norms stay. All " +
                "weights go the same random ways."),
            Figure(plots["directions-loss"]),
            Figure(plots["directions-score"]),
        ];
        foreach ((int number, LossLine line) in report.Lines.Index())
        {
            blocks.Add(new HeadingBlock(2, $"From {line.From} to {line.To}"));
            blocks.Add(Figure(plots[$"line-{number + 1}-loss"]));
            blocks.Add(Figure(plots[$"line-{number + 1}-score"]));
        }

        blocks.Add(new HeadingBlock(2, "How it was measured"));
        blocks.Add(new ListBlock(
        [
            "SAM sharpness: the loss at w + rho g / |g| less the loss at w, g being the gradient (Foret et al. 2021).",
            "ASAM sharpness: the same at w + rho w² g / |w g|, element by element (Kwon et al. 2021).",
            "Top eigenvalue: power iteration on Hessian-vector products, (g(w + h v) - g(w - h v)) / 2h; the " +
            "residual is |H v - value v| / value, and the error of a product how far those at h and h/4 lie apart.",
            "Trace: the mean of zᵀHz over random signs z (Hutchinson 1990), ± its standard error.",
            "Random directions: normal, every row scaled to the norm of the weights' row (Li et al. 2018).",
        ]));
        return new ReportDocument($"Flatness of {Path.GetFileName(report.Run)}", blocks);
    }

    private static FigureBlock Figure(LinePlot plot) => new([plot.ToInlineSvg()], plot.ToTable());
}
