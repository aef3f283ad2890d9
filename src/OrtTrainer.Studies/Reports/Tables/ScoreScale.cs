using OrtTrainer.Evaluation;
using OrtTrainer.Reports;
using OrtTrainer.Tasks;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>
/// How scores of a metric are printed, as papers do: accuracies, F1 and correlations times 100 with two decimals,
/// losses and errors as they are with four.
/// </summary>
internal sealed record ScoreScale
{
    private ScoreScale(string metric, bool isShare, bool higherIsBetter)
    {
        (Metric, IsShare, HigherIsBetter) = (metric, isShare, higherIsBetter);
    }

    public string Metric { get; }

    /// <summary>Whether scores are printed times 100.</summary>
    public bool IsShare { get; }

    public bool HigherIsBetter { get; }

    public int Decimals => IsShare ? 2 : 4;

    /// <summary>The metric with its unit, such as <c>accuracy × 100</c>.</summary>
    public string Label => IsShare ? $"{Metric} × 100" : Metric;

    /// <summary>The scale of a metric by its name; one that is not known is printed as it is.</summary>
    public static ScoreScale Of(string metric)
    {
        Metric? kind = ModelTask.All.SelectMany(task => task.Metrics).FirstOrDefault(kind => kind.Name == metric);
        bool isError = metric == "loss" || kind is { HigherIsBetter: false };
        return new ScoreScale(metric, kind is { HigherIsBetter: true }, !isError);
    }

    /// <summary>A score in the unit printed.</summary>
    public double Scaled(double score) => IsShare ? score * 100 : score;

    /// <summary>A scaled score as text.</summary>
    public string Text(double scaled) => ReportFigures.Fixed(scaled, Decimals);

    /// <summary>A scaled difference as text, with its sign.</summary>
    public string Difference(double scaled) => ReportFigures.Difference(scaled, Decimals);
}
