using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Reports.Results;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>How alike pairs are found beside what the data say, and the pairs that are furthest off.</summary>
internal static class SimilarityReport
{
    private static readonly (int First, int Last)[] Places = [(1, 1), (2, 3), (4, 10), (11, 100), (101, int.MaxValue)];

    public static IEnumerable<ReportBlock> Of(EvaluatedExamples examples, Dataset data) => examples switch
    {
        ScoredPairs pairs => OfPairs(pairs, data),
        RankedTexts texts => OfRanks(texts, data),
        _ => [],
    };

    private static IEnumerable<ReportBlock> OfPairs(ScoredPairs pairs, Dataset data)
    {
        double[] cosines = pairs.Cosines.ToArray(), scores = pairs.Scores.ToArray();
        yield return NumberFigures.Scatter(
            "Cosines against scores", "score in the data", scores, "cosine of the vectors", cosines, sameUnits: false);

        // Scores have a scale of their own, so that it is ranks that can be held against each other.
        double[] cosineRanks = Ranks.Of(cosines), scoreRanks = Ranks.Of(scores);
        yield return new HeadingBlock(3, "Pairs that are furthest off");
        foreach (ReportBlock block in MistakeTable.Of(
            "Pairs whose rank by cosine is furthest from that by score", data, [("score", false), ("cosine", false)],
            Enumerable.Range(0, scores.Length).OrderByDescending(i => Math.Abs(cosineRanks[i] - scoreRanks[i]))
                .Select(i => (i, (string[])[ReportFigures.Short(scores[i]), ReportFigures.Fixed(cosines[i], 4)]))))
        {
            yield return block;
        }
    }

    private static IEnumerable<ReportBlock> OfRanks(RankedTexts texts, Dataset data)
    {
        IReadOnlyList<int> ranks = texts.Ranks;
        yield return new TableBlock(new ReportTable(
            "Where the right text comes among those it is held against", ["place", "texts", "share"],
            [
                .. Places.Select(place => (place, count: ranks.Count(r => r >= place.First && r <= place.Last)))
                    .Where(part => part.count > 0).Select(part => (string[])
                    [
                        part.place.First == part.place.Last ? ReportFigures.Count(part.place.First)
                            : part.place.Last == int.MaxValue ? $"after {part.place.First - 1}"
                            : $"{part.place.First} to {part.place.Last}",
                        ReportFigures.Count(part.count), ReportFigures.Fixed((double)part.count / ranks.Count, 4),
                    ]),
            ]));
        yield return new HeadingBlock(3, "Texts that are found last");
        foreach (ReportBlock block in MistakeTable.Of(
            "Texts with others nearer than the right one, the most first", data, [("place of the right one", false)],
            Enumerable.Range(0, ranks.Count).Where(i => ranks[i] > 1).OrderByDescending(i => ranks[i])
                .Select(i => (i, (string[])[ReportFigures.Count(ranks[i])]))))
        {
            yield return block;
        }
    }
}
