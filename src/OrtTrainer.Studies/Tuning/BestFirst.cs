using OrtTrainer.Evaluation;

namespace OrtTrainer.Studies.Tuning;

/// <summary>Orders scores from the best down; those that are not defined come last.</summary>
internal sealed class BestFirst(Metric metric) : IComparer<double>
{
    /// <inheritdoc/>
    public int Compare(double x, double y) => metric.IsBetter(x, y) ? -1 : metric.IsBetter(y, x) ? 1 : 0;
}
