using System.Text;

namespace OrtTrainer.Evaluation.Texts;

/// <summary>
/// chrF2 (Popović 2015) as sacreBLEU computes it, from 0 to 100: runs of one to six characters without spaces; recall
/// counts twice as much as precision.
/// </summary>
internal static class ChrF
{
    private const int MaxOrder = 6;
    private const double BetaSquared = 4;

    /// <summary>The score of a corpus: counts are summed over all texts before they are divided.</summary>
    /// <param name="predictions">[N], N 1 or more.</param>
    /// <param name="references">Sets of references, each [N]; 1 or more sets. Of several, the one that scores best
    /// counts.</param>
    /// <exception cref="ArgumentException">There are no texts or references, or not as many in each set.</exception>
    public static double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ReferenceSets.Check(predictions, references);
        OrderCount[] total = new OrderCount[MaxOrder];
        for (int i = 0; i < predictions.Count; i++)
        {
            OrderCount[] best = references.Select(set => Count(predictions[i], set[i])).MaxBy(Score)!;
            for (int order = 0; order < MaxOrder; order++)
            {
                total[order] = total[order].Plus(best[order]);
            }
        }

        return Score(total);
    }

    private static OrderCount[] Count(string prediction, string reference)
    {
        (string[] found, string[] expected) = (Characters(prediction), Characters(reference));
        return [.. Enumerable.Range(1, MaxOrder).Select(order =>
        {
            Dictionary<string, int> runs = Tally.OfNGrams(found, order), wanted = Tally.OfNGrams(expected, order);
            // Runs of an order that the reference is too short for are not held against the prediction.
            return new OrderCount(
                wanted.Count == 0 ? 0 : runs.Values.Sum(), wanted.Values.Sum(), Tally.Shared(runs, wanted));
        })];
    }

    private static string[] Characters(string text) =>
        [.. text.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Select(rune => rune.ToString())];

    /// <summary>F of the mean precision and the mean recall over the orders that both texts have.</summary>
    private static double Score(OrderCount[] counts)
    {
        OrderCount[] usable = [.. counts.Where(count => count.Predicted > 0 && count.Expected > 0)];
        if (usable.Length == 0)
        {
            return 0;
        }

        double precision = usable.Average(count => count.Hits / (double)count.Predicted);
        double recall = usable.Average(count => count.Hits / (double)count.Expected);
        return 100 * Ratio.Of((1 + BetaSquared) * precision * recall, (BetaSquared * precision) + recall);
    }

    private readonly record struct OrderCount(int Predicted, int Expected, int Hits)
    {
        public OrderCount Plus(OrderCount other) =>
            new(Predicted + other.Predicted, Expected + other.Expected, Hits + other.Hits);
    }
}
