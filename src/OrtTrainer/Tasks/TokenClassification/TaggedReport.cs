using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Reports.Results;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>How each type of entity does, what probabilities are worth, and the sentences read worst.</summary>
internal static class TaggedReport
{
    public static IEnumerable<ReportBlock> Of(TaggedSentences sentences, Dataset data)
    {
        IReadOnlyList<SentenceScore> scores = sentences.Scores;
        yield return ClassScores.Table(
            "Entities by type: right where type, first and last word are", "type", Types(scores));
        if (sentences.Decisions is { } words)
        {
            yield return new HeadingBlock(3, "Calibration");
            foreach (ReportBlock block in ReliabilityFigure.Of(words.ToReliability(), "tags of words"))
            {
                yield return block;
            }
        }

        IEnumerable<int> wrong = Enumerable.Range(0, scores.Count)
            .Where(i => scores[i].RightWords < scores[i].Words).OrderByDescending(i => scores[i].Loss);
        yield return new HeadingBlock(3, "Sentences that are read worst");
        foreach (ReportBlock block in MistakeTable.Of(
            "Sentences with wrong tags, those of the largest loss first", data,
            [("entities in the data", true), ("entities predicted", true), ("loss", false)],
            wrong.Select(i => (i, (string[])
            [
                Words(scores[i].Expected, data.Examples[i]), Words(scores[i].Predicted, data.Examples[i]),
                ReportFigures.Short(scores[i].Loss),
            ]))))
        {
            yield return block;
        }
    }

    private static IEnumerable<ClassScores> Types(IReadOnlyList<SentenceScore> scores)
    {
        foreach (string type in scores.SelectMany(score => score.Expected.Concat(score.Predicted))
            .Select(entity => entity.Type).Distinct().Order(StringComparer.Ordinal))
        {
            EntityCounts counts = scores.Aggregate(default(EntityCounts), (sum, score) => sum + score.CountsOf(type));
            TextOverlap overlap = counts.Overlap;
            yield return new ClassScores(type, overlap.Precision, overlap.Recall, overlap.F1, counts.Expected);
        }
    }

    private static string Words(IEnumerable<Entity> entities, Example example)
    {
        string[] words = [.. ((TaggedExample)example).Words.Select(place => CodePoints.Cut(example.Text, place))];
        string[] found =
        [
            .. entities.Where(entity => entity.End < words.Length).Select(entity =>
                $"{entity.Type}: {string.Join(' ', words[entity.Start..(entity.End + 1)])}"),
        ];
        return found.Length == 0 ? "none" : string.Join("; ", found);
    }
}
