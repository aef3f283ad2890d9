namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>A row of a <see cref="BoxPlot"/>: the observations of one cell.</summary>
/// <param name="Name">The row's name, such as a method's.</param>
/// <param name="Points">The observations; none leave the row empty.</param>
internal sealed record BoxRow(string Name, IReadOnlyList<BoxPoint> Points);
