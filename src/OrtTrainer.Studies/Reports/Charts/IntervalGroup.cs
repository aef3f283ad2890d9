namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>Rows of an <see cref="IntervalPlot"/> under a heading, such as a task with an initialization.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Rows">The rows from the top.</param>
internal sealed record IntervalGroup(string Name, IReadOnlyList<IntervalRow> Rows);
