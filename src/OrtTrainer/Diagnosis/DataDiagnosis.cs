using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Diagnosis;

/// <summary>
/// What may be wrong with labeled data: what <see cref="DataReport"/> finds, texts that are nearly the same within and
/// across parts, labels that are probably wrong, and oddities of encoding. Reports; never changes a row.
/// </summary>
/// <param name="Report">Counts, empty texts, repeats, conflicts and labels that differ little.</param>
/// <param name="Near">Texts of train that are nearly the same as an earlier one.</param>
/// <param name="Leaks">Texts of eval or test that are nearly the same as one of train or eval.</param>
/// <param name="Unmeasured">Pairs of like texts that were not measured, because very many are alike.</param>
/// <param name="Oddities">What texts have in them that reading or copying went wrong with.</param>
/// <param name="Noise">Labels that are probably wrong; null where rows have no one label.</param>
internal sealed record DataDiagnosis(
    DataReport Report, IReadOnlyList<NearPair> Near, IReadOnlyList<NearPair> Leaks, long Unmeasured,
    IReadOnlyList<TextOddity> Oddities, LabelNoise? Noise)
{
    /// <summary>From this ratio of the most frequent label to the rarest on, labels count as imbalanced.</summary>
    public const double Imbalanced = 4;

    /// <summary>Rows of the most frequent label by those of the rarest in train; null without labels.</summary>
    public double? Imbalance
    {
        get
        {
            int[] counts = [.. Report.Splits[0].Targets.LabelCounts.Select(label => label.Value).Where(n => n > 0)];
            return counts.Length < 2 ? null : (double)counts.Max() / counts.Min();
        }
    }

    /// <summary>The rows whose label is empty, which training refuses; nothing else is said of them.</summary>
    public IReadOnlyList<TextPlace> Unlabeled { get; init; } = [];

    /// <summary>Whether something was found that should be looked at before training.</summary>
    public bool HasFindings => Unlabeled.Count > 0 || Report.Warnings().Any() || Near.Count > 0 || Leaks.Count > 0
        || Oddities.Count > 0 || Noise?.Suspects.Count > 0 || Imbalance >= Imbalanced;

    /// <summary>Examines data.</summary>
    /// <param name="splits">The data; eval may have no rows.</param>
    /// <param name="options">What is looked for.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static DataDiagnosis Of(
        DataSplits splits, DiagnosisOptions options, CancellationToken cancellation = default)
    {
        DataReport report = DataReport.Of(splits, cancellation);
        DiagnosedRow[] rows =
        [
            .. RowsOf("train", splits.Train), .. RowsOf("eval", splits.Eval),
            .. splits.Test is { } test ? RowsOf("test", test) : [],
        ];
        NearDuplicateSearch search = new([.. rows.Select(row => TextKeys.Folded(row.Example))]);

        // What is the same but for case is a repeat, which the report counts.
        NearPair[] pairs =
        [
            .. search.Find(options.Similarity, cancellation)
                .Where(pair => TextKeys.Folded(rows[pair.First].Example) != TextKeys.Folded(rows[pair.Second].Example))
                .Select(pair => new NearPair(PlaceOf(rows[pair.First]), PlaceOf(rows[pair.Second]), pair.Similarity)),
        ];
        return new DataDiagnosis(
            report,
            [.. pairs.Where(pair => pair.Second.Split == "train")],
            [.. pairs.Where(pair => pair.First.Split != pair.Second.Split)],
            search.Unmeasured,
            [.. rows.SelectMany(row => TextOddity.In(row.Split, row.Example))],
            NoiseOf(splits.Train, options, cancellation));
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    private static LabelNoise? NoiseOf(Dataset train, DiagnosisOptions options, CancellationToken cancellation)
    {
        if (train.Targets is not ClassTargets targets || targets.Outputs < 2)
        {
            return null;
        }

        int[] labels = targets.Ids.ToArray();
        double[] probabilities = options.Probabilities ?? WordClassifier.OutOfFold(
            [.. train.Examples.Select(TextKeys.Exact)], labels, targets.Outputs, options.Folds, options.Seed,
            cancellation);
        return LabelNoise.Of(probabilities, labels, targets.Outputs);
    }

    private static IEnumerable<DiagnosedRow> RowsOf(string split, Dataset data) =>
        data.Examples.Select(example => new DiagnosedRow(split, example));

    private static TextPlace PlaceOf(DiagnosedRow row) =>
        new(row.Split, row.Example.Line, row.Example.Text, row.Example.Label);

    private readonly record struct DiagnosedRow(string Split, Example Example);
}
