using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>One text that a data set labels in more than one way.</summary>
/// <param name="Text">The text as first written.</param>
/// <param name="Lines">The lines it stands on, ascending.</param>
/// <param name="Labels">The different label fields, in order of appearance.</param>
internal sealed record LabelConflict(string Text, IReadOnlyList<int> Lines, IReadOnlyList<string> Labels)
{
    /// <summary>The same lines with their files, where the data have several; null for one.</summary>
    public IReadOnlyList<string>? Places { get; init; }

    /// <summary>
    /// Every text (case and white space at the ends apart) with more than one label, in order of appearance.
    /// </summary>
    public static IReadOnlyList<LabelConflict> In(Dataset data) =>
    [
        .. data.Examples
            .GroupBy(TextKeys.Folded, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .Select(group => new LabelConflict(
                group.First().Text,
                [.. group.Select(example => example.Line)],
                [.. group.Select(example => example.Label ?? string.Empty).Distinct(StringComparer.Ordinal)])
            {
                Places = group.Any(example => example.SourceFile is not null)
                    ? [.. group.Select(example => example.SourcePlace)]
                    : null,
            })
            .Where(conflict => conflict.Labels.Count > 1),
    ];

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
