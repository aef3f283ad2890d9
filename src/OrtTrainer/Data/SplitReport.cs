using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>What one part of the data holds.</summary>
/// <param name="Name">"train", "eval" or "test".</param>
/// <param name="Source">The file it comes from.</param>
/// <param name="Count">The number of examples.</param>
/// <param name="Targets">What the examples are labeled with, in numbers.</param>
/// <param name="EmptyLines">The lines whose text (or pair) is empty or white space.</param>
internal sealed record SplitReport(
    string Name,
    string Source,
    int Count,
    TargetSummary Targets,
    IReadOnlyList<int> EmptyLines)
{
    /// <summary>The same lines with their files, where the part has several; null for one.</summary>
    public IReadOnlyList<string>? EmptyPlaces { get; init; }

    /// <summary>Counts what is in a part.</summary>
    public static SplitReport Of(string name, Dataset data) => new(
        name,
        data.Source,
        data.Count,
        data.Targets.Summarize(data.Labels),
        [.. data.Examples.Where(IsEmpty).Select(example => example.Line)])
    {
        EmptyPlaces = data.Examples.Any(example => example.SourceFile is not null)
            ? [.. data.Examples.Where(IsEmpty).Select(example => example.SourcePlace)]
            : null,
    };

    private static bool IsEmpty(Example example) =>
        string.IsNullOrWhiteSpace(example.Text)
        || (example.Pair is not null && string.IsNullOrWhiteSpace(example.Pair));

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
