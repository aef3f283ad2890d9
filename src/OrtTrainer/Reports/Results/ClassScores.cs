using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Reports.Results;

/// <summary>How a model does on one class, label or type of entity.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Precision">Share of its predictions that are right.</param>
/// <param name="Recall">Share of its cases that were found.</param>
/// <param name="F1">The harmonic mean of both.</param>
/// <param name="Support">Its cases.</param>
internal readonly record struct ClassScores(string Name, double Precision, double Recall, double F1, long Support)
{
    /// <summary>Those of every class that occurs, in order.</summary>
    public static IEnumerable<ClassScores> Of(ConfusionMatrix confusion, IReadOnlyList<string> names) =>
        confusion.Occurring.Select(k => new ClassScores(
            names[k], confusion.Precision(k), confusion.Recall(k), confusion.F1(k),
            Enumerable.Range(0, confusion.Classes).Sum(other => confusion[k, other])));

    /// <summary>A table of them, a row each.</summary>
    /// <param name="caption">What the table shows.</param>
    /// <param name="what">What the rows are: class, label, type.</param>
    /// <param name="scores">The rows.</param>
    public static TableBlock Table(string caption, string what, IEnumerable<ClassScores> scores) => new(new ReportTable(
        caption, [what, "precision", "recall", "F1", "support"],
        [
            .. scores.Select(s => (string[])
            [
                s.Name, ReportFigures.Fixed(s.Precision, 4), ReportFigures.Fixed(s.Recall, 4),
                ReportFigures.Fixed(s.F1, 4), ReportFigures.Count(s.Support),
            ]),
        ]));
}
