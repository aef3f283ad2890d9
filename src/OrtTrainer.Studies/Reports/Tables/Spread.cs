using OrtTrainer.Reports;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>Mean and sample standard deviation of as many values as there are.</summary>
/// <param name="Count">How many values, 0 or more.</param>
/// <param name="Mean">NaN without values.</param>
/// <param name="Deviation">NaN below two values.</param>
internal readonly record struct Spread(int Count, double Mean, double Deviation)
{
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        if (values.Count < 2)
        {
            return new Spread(values.Count, values.Count == 0 ? double.NaN : values.First(), double.NaN);
        }

        SampleSummary summary = SampleSummary.Of([.. values]);
        return new Spread(summary.Count, summary.Mean, summary.StandardDeviation);
    }

    /// <summary>As tables have it: 91.20 ± 0.42, without the second part where there is none.</summary>
    public string Text(int decimals) => double.IsNaN(Deviation)
        ? ReportFigures.Fixed(Mean, decimals)
        : $"{ReportFigures.Fixed(Mean, decimals)} ± {ReportFigures.Fixed(Deviation, decimals)}";
}
