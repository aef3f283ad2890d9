namespace OrtTrainer.Reports.Charts;

/// <summary>A point of a line, with the spread around it. A point whose Y is not finite breaks the line.</summary>
/// <param name="X">Where along the axis.</param>
/// <param name="Y">The value.</param>
/// <param name="Low">The band's lower edge; null for no band.</param>
/// <param name="High">The band's upper edge; null for no band.</param>
internal readonly record struct LinePoint(double X, double Y, double? Low = null, double? High = null);
