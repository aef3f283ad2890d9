using System.Globalization;
using OrtTrainer.Data;
using OrtTrainer.Diagnosis;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The findings of <c>debug-data</c> in lines of at most 100 columns.</summary>
internal static class DiagnosisLines
{
    private const int Width = 100;
    private const int MostLines = 20;

    public static IEnumerable<string> Of(DataDiagnosis diagnosis, LengthSummary? lengths, Dataset train, int shown)
    {
        IEnumerable<string> all =
        [
            .. Parts(diagnosis),
            .. Unlabeled(diagnosis.Unlabeled, shown),
            .. diagnosis.Report.Warnings(),
            .. Near("near-duplicates in train", diagnosis.Near, shown),
            .. Near("rows of eval or test that are nearly in train or eval", diagnosis.Leaks, shown),
            .. Noise(diagnosis.Noise, train, shown),
            .. Oddities(diagnosis.Oddities, shown),
            .. lengths is null ? Array.Empty<string>() : [LengthLine(lengths)],
            .. diagnosis.Unmeasured == 0 ? Array.Empty<string>()
                : [$"very many texts are alike: {Figures.Count(diagnosis.Unmeasured, "pair")} were not measured."],
            diagnosis.HasFindings ? "Look at what is named above before you train." : "Nothing was found.",
        ];
        return all.SelectMany(line => WrappedLine.Of(line, Width));
    }

    private static string LengthLine(LengthSummary lengths) => lengths.Cut
        ?? $"no text is longer than {lengths.MaxLength} tokens; the longest has {lengths.Maximum}.";

    private static IEnumerable<string> Parts(DataDiagnosis diagnosis)
    {
        foreach (SplitReport split in diagnosis.Report.Splits.Where(split => split.Count > 0))
        {
            string labels = string.Join(
                ", ", split.Targets.LabelCounts.Take(20).Select(label => $"{label.Key} {Figures.Count(label.Value)}"));
            yield return $"{split.Name}: {Figures.Count(split.Count, "row")} of {ShownPath.Of(split.Source)}"
                + (labels.Length > 0 ? $": {labels}" : "");
        }

        if (diagnosis.Imbalance >= DataDiagnosis.Imbalanced)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"imbalance: the most frequent label has {diagnosis.Imbalance:0.0} times the rows of the rarest; ")
                + "consider --class-weights balanced.";
        }
    }

    private static IEnumerable<string> Unlabeled(IReadOnlyList<TextPlace> rows, int shown)
    {
        if (rows.Count == 0)
        {
            yield break;
        }

        yield return $"labels that are empty: {Figures.Count(rows.Count, "row")}, which finetune refuses; label them "
            + "or take them out. The other findings leave them out.";
        foreach (TextPlace row in rows.Take(shown))
        {
            yield return Cut($"  {row.Split} line {row.Line}: {OneLine(row.Text)}");
        }

        if (rows.Count > shown)
        {
            int more = rows.Count - shown - MostLines;
            yield return "  also "
                + string.Join(", ", rows.Skip(shown).Take(MostLines).Select(row => $"{row.Split} line {row.Line}"))
                + (more > 0 ? $" and {Figures.Count(more)} more" : "");
        }
    }

    private static IEnumerable<string> Near(string what, IReadOnlyList<NearPair> pairs, int shown)
    {
        if (pairs.Count == 0)
        {
            yield break;
        }

        int rows = pairs.Select(pair => pair.Second).Distinct().Count();
        int differing = pairs.Count(pair => pair.Disagrees);
        yield return $"{what}: {Figures.Count(rows, "row")}"
            + (differing > 0 ? $"; {Figures.Count(differing, "pair")} with different labels" : "");
        IEnumerable<NearPair> first = pairs.OrderByDescending(pair => pair.Disagrees)
            .ThenByDescending(pair => pair.Similarity).Take(shown);
        foreach (NearPair pair in first)
        {
            string similarity = pair.Similarity.ToString("0.00", CultureInfo.InvariantCulture);
            yield return Row($"  {similarity} ", pair.First);
            yield return Row("       ", pair.Second);
        }
    }

    private static IEnumerable<string> Noise(LabelNoise? noise, Dataset train, int shown)
    {
        if (noise is null)
        {
            yield break;
        }

        IReadOnlyList<string> names = train.Labels!.Names;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"labels that are probably wrong: {noise.Suspects.Count} of {noise.Rows} rows, an estimated ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{noise.Share:0.0%} of all (checked by models that are right on {noise.Accuracy:0.0%})");
        foreach (SuspectLabel suspect in noise.Suspects.Take(shown))
        {
            Example example = train.Examples[suspect.Row];
            yield return Cut(string.Create(
                CultureInfo.InvariantCulture,
                $"  line {example.Line}: {names[suspect.Given]} {suspect.GivenProbability:0.00}, rather ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{names[suspect.Likely]} {suspect.LikelyProbability:0.00}: {OneLine(example.Text)}"));
        }
    }

    private static IEnumerable<string> Oddities(IReadOnlyList<TextOddity> oddities, int shown) => oddities
        .GroupBy(oddity => oddity.Kind)
        .Select(kind => $"{kind.Key}: {Figures.Count(kind.Count(), "row")}, such as "
            + string.Join(", ", kind.Take(shown).Select(oddity => $"{oddity.Split} line {oddity.Line}")));

    private static string Row(string start, TextPlace place) =>
        Cut($"{start}{place.Split} line {place.Line} ({place.Label}): {OneLine(place.Text)}");

    private static string OneLine(string text) => string.Join(' ', text.Split(['\n', '\r', '\t']));

    private static string Cut(string line)
    {
        if (WrappedLine.Cells(line) <= Width)
        {
            return line;
        }

        int length = line.Length;
        while (WrappedLine.Cells(line[..length]) >= Width)
        {
            length--;
        }

        return line[..(char.IsHighSurrogate(line[length - 1]) ? length - 1 : length)] + "…";
    }
}
