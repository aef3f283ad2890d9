using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>
/// What a careful person would check in the data before training: how labels are spread, what is empty, what comes
/// twice, what was seen in training already, what contradicts itself, and which labels may be meant as one. Reports;
/// never drops or changes a row.
/// </summary>
/// <param name="Splits">Train, eval and, where there is one, test.</param>
/// <param name="TrainRepeats">Training rows that repeat an earlier one.</param>
/// <param name="EvalSeen">Evaluation rows that training has.</param>
/// <param name="TestSeen">Test rows that training has; null without a test part.</param>
/// <param name="TestSeenInEval">Test rows that evaluation has, and so helped to choose the weights; null without a
/// test part.</param>
/// <param name="Conflicts">Texts that training labels in more than one way.</param>
/// <param name="NearEqual">Labels that differ in case and the like only, counted in all parts.</param>
internal sealed record DataReport(
    IReadOnlyList<SplitReport> Splits,
    TextRepeats TrainRepeats,
    TextRepeats EvalSeen,
    TextRepeats? TestSeen,
    TextRepeats? TestSeenInEval,
    IReadOnlyList<LabelConflict> Conflicts,
    IReadOnlyList<NearEqualLabels> NearEqual)
{
    private const int RarePercent = 1;
    private const int Shown = 3;

    /// <summary>Examines the data of a run.</summary>
    /// <param name="data">The data.</param>
    /// <param name="cancellation">Ends it between two findings.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DataReport Of(DataSplits data, CancellationToken cancellation = default)
    {
        List<SplitReport> splits = [SplitReport.Of("train", data.Train), SplitReport.Of("eval", data.Eval)];
        if (data.Test is not null)
        {
            splits.Add(SplitReport.Of("test", data.Test));
        }

        return new DataReport(
            splits,
            Found(() => TextRepeats.Within(data.Train)),
            Found(() => TextRepeats.Across(data.Eval, data.Train)),
            data.Test is null ? null : Found(() => TextRepeats.Across(data.Test, data.Train)),
            data.Test is null ? null : Found(() => TextRepeats.Across(data.Test, data.Eval)),
            Found(() => LabelConflict.In(data.Train)),
            Found(() => NearEqualLabels.In(CountsIn(splits))));

        T Found<T>(Func<T> look)
        {
            cancellation.ThrowIfCancellationRequested();
            return look();
        }
    }

    /// <summary>What deserves attention before training, one line each; none where all is well.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (SplitReport split in Splits.Where(split => split.EmptyLines.Count > 0))
        {
            string where = split.EmptyPlaces is { } places
                ? Some(places)
                : $"{Some(split.EmptyLines, "line")} of {split.Source}";
            yield return $"{split.Name}: {Rows(split.EmptyLines.Count)} without text, {where}.";
        }

        foreach (SplitReport split in Splits)
        {
            long atLeast = (long)split.Targets.Count * RarePercent;
            string[] rare = [.. split.Targets.LabelCounts.Where(label => label.Value * 100L < atLeast).Select(Counted)];
            if (rare.Length > 0)
            {
                yield return $"{split.Name}: labels with less than {RarePercent} % of the {split.Targets.Unit}s: "
                    + $"{string.Join(", ", rare)}.";
            }
        }

        foreach (NearEqualLabels labels in NearEqual.Take(Shown))
        {
            yield return $"labels {labels.Counted(Splits[0].Targets.Unit)} differ in "
                + $"{string.Join(" and ", labels.Differences)} only; they are learned as {labels.Labels.Count} "
                + "different labels. If they mean the same, write them alike in the data.";
        }

        if (NearEqual.Count > Shown)
        {
            yield return $"{NearEqual.Count - Shown} more groups of labels differ as little.";
        }

        if (TrainRepeats.Folded > 0)
        {
            yield return Repeated(TrainRepeats, "train", "come more than once in train");
        }

        if (EvalSeen.Folded > 0)
        {
            yield return Repeated(EvalSeen, "eval", "are in train too: scores on eval flatter the model");
        }

        if (TestSeen?.Folded > 0)
        {
            yield return Repeated(TestSeen, "test", "are in train too: scores on test flatter the model");
        }

        if (TestSeenInEval?.Folded > 0)
        {
            yield return Repeated(TestSeenInEval, "test", "are in eval too, which chooses the weights");
        }

        if (Conflicts.Count > 0)
        {
            LabelConflict first = Conflicts[0];
            yield return $"train: {Conflicts.Count} texts with different labels, such as \"{Short(first.Text)}\" "
                + $"({string.Join(" and ", first.Labels)}, "
                + $"{(first.Places is { } places ? Some(places) : Some(first.Lines, "line"))}).";
        }
    }

    private static IEnumerable<KeyValuePair<string, int>> CountsIn(IEnumerable<SplitReport> splits) => splits
        .SelectMany(split => split.Targets.LabelCounts)
        .GroupBy(label => label.Key, label => label.Value, StringComparer.Ordinal)
        .Select(label => KeyValuePair.Create(label.Key, label.Sum()));

    private string Repeated(TextRepeats repeats, string name, string consequence)
    {
        int count = Splits.First(split => split.Name == name).Count;
        string apart = repeats.Folded > repeats.Exact
            ? $" ({repeats.Folded - repeats.Exact} of them with other case or white space at the ends)"
            : string.Empty;
        return $"{name}: {repeats.Folded} of {Rows(count)}{apart} {consequence}.";
    }

    private static string Counted(KeyValuePair<string, int> label) => $"{label.Key} {label.Value}";

    private static string Rows(int count) => count == 1 ? "1 row" : $"{count} rows";

    private static string Short(string text) => text.Length > 60 ? text[..59] + "…" : text;

    private static string Some(IReadOnlyList<string> places) => string.Join(", ", places.Take(Shown))
        + (places.Count > Shown ? $" and {places.Count - Shown} more" : string.Empty);

    private static string Some(IReadOnlyList<int> numbers, string word) =>
        $"{word}{(numbers.Count > 1 ? "s" : "")} {string.Join(", ", numbers.Take(Shown))}"
        + (numbers.Count > Shown ? $" and {numbers.Count - Shown} more" : string.Empty);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
