using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>The targets of a data set in numbers.</summary>
/// <param name="Count">How many targets were counted: examples, or tokens where these have the labels.</param>
/// <param name="LabelCounts">Targets per label, in the order of the labels' ids; empty where there are none.</param>
internal sealed record TargetSummary(int Count, IReadOnlyList<KeyValuePair<string, int>> LabelCounts)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
