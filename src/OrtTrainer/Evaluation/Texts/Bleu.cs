namespace OrtTrainer.Evaluation.Texts;

/// <summary>BLEU (Papineni et al. 2002) as sacreBLEU computes it (Post 2018), from 0 to 100, runs of up to four
/// words.</summary>
internal sealed record Bleu
{
    private const int MaxOrder = 4;

    /// <summary>How texts are cut into words.</summary>
    public BleuTokenizer Tokenizer { get; init; } = BleuTokenizer.Mteval13A;

    /// <summary>What stands in for a precision of 0.</summary>
    public BleuSmoothing Smoothing { get; init; } = BleuSmoothing.Exponential;

    /// <summary>The score of a corpus: counts are summed over all texts before they are divided.</summary>
    /// <param name="predictions">[N], N 1 or more.</param>
    /// <param name="references">Sets of references, each [N]; 1 or more sets.</param>
    /// <exception cref="ArgumentException">There are no texts or references, or not as many in each set.</exception>
    public double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ReferenceSets.Check(predictions, references);
        BleuCounts total = new(MaxOrder);
        for (int i = 0; i < predictions.Count; i++)
        {
            total.Add(Words(predictions[i]), [.. references.Select(set => Words(set[i]))]);
        }

        return Score(total, effectiveOrder: false);
    }

    /// <summary>The score of one text; orders that it is too short for are left out.</summary>
    /// <param name="prediction">The text.</param>
    /// <param name="references">Its references, 1 or more.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public double Sentence(string prediction, IReadOnlyList<string> references)
    {
        ReferenceSets.Check([prediction], [.. references.Select(reference => (string[])[reference])]);
        BleuCounts counts = new(MaxOrder);
        counts.Add(Words(prediction), [.. references.Select(Words)]);
        return Score(counts, effectiveOrder: true);
    }

    private string[] Words(string text) => BleuWords.Of(text, Tokenizer);

    private double Score(BleuCounts counts, bool effectiveOrder)
    {
        if (counts.Hits.All(hits => hits == 0))
        {
            return 0;
        }

        double logs = 0, halving = 1;
        int orders = MaxOrder;
        for (int order = 1; order <= MaxOrder; order++)
        {
            int more = Smoothing == BleuSmoothing.AddOne && order > 1 ? 1 : 0;
            double hits = counts.Hits[order - 1] + more, runs = counts.Runs[order - 1] + more;
            if (runs == 0)
            {
                if (!effectiveOrder)
                {
                    return 0;
                }

                orders = order - 1;
                break;
            }

            if (hits == 0)
            {
                halving *= 2;
                hits = Smoothing switch
                {
                    BleuSmoothing.Exponential => 1 / halving,
                    BleuSmoothing.Floor => 0.1,
                    _ => 0,
                };
            }

            logs += Math.Log(hits / runs);
        }

        return 100 * counts.BrevityPenalty * Math.Exp(logs / orders);
    }
}
