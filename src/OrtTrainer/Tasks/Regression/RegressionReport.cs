using OrtTrainer.Data;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Reports.Results;

namespace OrtTrainer.Tasks.Regression;

/// <summary>Predicted numbers against the true ones, and the largest differences.</summary>
internal static class RegressionReport
{
    public static IEnumerable<ReportBlock> Of(RegressedExamples examples, Dataset data)
    {
        double[] predicted = examples.Predictions.ToArray(), truth = examples.Targets.ToArray();
        double[] errors = [.. predicted.Zip(truth, (p, t) => p - t)];
        yield return new ParagraphBlock(
            $"Mean absolute error {ReportFigures.Short(errors.Average(Math.Abs))}, root mean squared error "
            + $"{ReportFigures.Short(Math.Sqrt(errors.Average(e => e * e)))}, mean of prediction less truth "
            + $"{ReportFigures.Short(errors.Average())}.");
        yield return NumberFigures.Scatter("Predictions against the truth", "truth", truth, "prediction", predicted);
        yield return new HeadingBlock(3, "Largest errors");
        foreach (ReportBlock block in MistakeTable.Of(
            "Predictions, the furthest off first", data, [("truth", false), ("prediction", false), ("error", false)],
            Enumerable.Range(0, errors.Length).OrderByDescending(i => Math.Abs(errors[i])).Select(i => (i, (string[])
            [
                ReportFigures.Short(truth[i]), ReportFigures.Short(predicted[i]), ReportFigures.Short(errors[i]),
            ]))))
        {
            yield return block;
        }
    }
}
