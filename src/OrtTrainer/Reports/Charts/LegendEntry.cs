namespace OrtTrainer.Reports.Charts;

/// <summary>A line of a legend.</summary>
/// <param name="Name">What the sign stands for.</param>
/// <param name="Style">Colour and marker.</param>
internal sealed record LegendEntry(string Name, SeriesStyle Style)
{
    /// <summary>Whether the sign is a line through the marker.</summary>
    public bool Line { get; init; }

    /// <summary>Whether that line is dashed.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether the marker is hollow.</summary>
    public bool Hollow { get; init; }

    /// <summary>Whether the sign stands back.</summary>
    public bool Muted { get; init; }
}
