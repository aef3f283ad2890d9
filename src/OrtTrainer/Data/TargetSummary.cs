using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>The targets of a data set in numbers.</summary>
/// <param name="Count">How many targets were counted: examples, or tokens where these have the labels.</param>
/// <param name="LabelCounts">Targets per label, in the order of the labels' ids; empty where there are none.</param>
/// <param name="Range">The least and the greatest number of a regression; null otherwise.</param>
internal sealed record TargetSummary(
    int Count, IReadOnlyList<KeyValuePair<string, int>> LabelCounts, (float Least, float Greatest)? Range = null)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
