using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>The targets of a data set in numbers.</summary>
/// <param name="Count">How many targets were counted: examples, or words where these have the labels.</param>
/// <param name="LabelCounts">Targets per label, in the order of the labels' ids; empty where there are none.</param>
/// <param name="Unit">What was counted, as messages call one of it.</param>
internal sealed record TargetSummary(
    int Count, IReadOnlyList<KeyValuePair<string, int>> LabelCounts, string Unit = "row")
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
