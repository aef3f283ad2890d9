namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>A row of an <see cref="IntervalPlot"/>: an estimate and how far it is known.</summary>
/// <param name="Name">The row's name, such as a method's.</param>
/// <param name="Estimate">The difference; null leaves the row empty but for its note.</param>
/// <param name="Low">The interval's lower bound; null for no interval.</param>
/// <param name="High">The interval's upper bound; null for no interval.</param>
internal sealed record IntervalRow(string Name, double? Estimate, double? Low, double? High)
{
    /// <summary>Whether the difference counts as shown: its marker is filled.</summary>
    public bool Shown { get; init; }

    /// <summary>Colour and marker, 0 or more; null for the row's place in its group.</summary>
    public int? Style { get; init; }

    /// <summary>What stands in the place of the numbers of a row without an estimate.</summary>
    public string Note { get; init; } = "";
}
