using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>What one part of the data holds.</summary>
/// <param name="Name">"train", "eval" or "test".</param>
/// <param name="Source">The file it comes from.</param>
/// <param name="Count">The number of examples.</param>
/// <param name="LabelCounts">Examples per label, in the order of the labels' ids; empty for regression.</param>
/// <param name="TargetRange">The least and the greatest number of a regression; null otherwise.</param>
/// <param name="EmptyLines">The lines whose text (or pair) is empty or white space.</param>
public sealed record SplitReport(
    string Name,
    string Source,
    int Count,
    IReadOnlyList<KeyValuePair<string, int>> LabelCounts,
    (float Least, float Greatest)? TargetRange,
    IReadOnlyList<int> EmptyLines)
{
    /// <summary>Counts what is in a part.</summary>
    public static SplitReport Of(string name, Dataset data) => new(
        name,
        data.Source,
        data.Count,
        [.. (data.Labels?.Names ?? []).Select((label, id) => KeyValuePair.Create(label, CountOf(data, id)))],
        data.Task == TaskKind.Regression ? (data.Targets.Min(), data.Targets.Max()) : null,
        [.. data.Examples.Where(IsEmpty).Select(example => example.Line)]);

    private static int CountOf(Dataset data, int id) => data.Task == TaskKind.Classification
        ? data.LabelIds.Count(found => found == id)
        : Enumerable.Range(0, data.Count).Count(row => data.Targets[(row * data.Outputs) + id] > 0);

    private static bool IsEmpty(Example example) =>
        string.IsNullOrWhiteSpace(example.Text)
        || (example.Pair is not null && string.IsNullOrWhiteSpace(example.Pair));

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
