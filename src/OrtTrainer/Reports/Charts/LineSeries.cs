namespace OrtTrainer.Reports.Charts;

/// <summary>A line of a <see cref="LinePlot"/>.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">In ascending order of X.</param>
internal sealed record LineSeries(string Name, IReadOnlyList<LinePoint> Points)
{
    /// <summary>Colour and marker, 0 or more; equal for lines that belong together, as live and averaged weights of a
    /// method; null for the series' place in the plot.</summary>
    public int? Style { get; init; }

    /// <summary>Whether the line is dashed, as that of averaged weights.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether the line stands back behind the others, as that of a baseline.</summary>
    public bool Muted { get; init; }
}
