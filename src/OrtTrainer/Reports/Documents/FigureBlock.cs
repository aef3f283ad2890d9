namespace OrtTrainer.Reports.Documents;

/// <summary>
/// Charts with the numbers they show. A page that cannot draw prints the numbers alone, where
/// <see cref="TableStandsAlone"/>.
/// </summary>
/// <param name="Pictures">SVG elements, side by side where there is room.</param>
/// <param name="Table">The numbers; null where a table beside the figure has them.</param>
internal sealed record FigureBlock(IReadOnlyList<string> Pictures, ReportTable? Table) : ReportBlock
{
    /// <summary>Whether the pictures are small enough for a narrow page.</summary>
    public bool IsSmall { get; init; } = Pictures.Count > 1;

    /// <summary>Whether the numbers are worth printing without the charts.</summary>
    public bool TableStandsAlone { get; init; }
}
