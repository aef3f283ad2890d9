
namespace OrtTrainer.Evaluation.Texts;

/// <summary>What BLEU counts, summed over texts.</summary>
internal sealed class BleuCounts(int maxOrder)
{
    private int _length;
    private int _referenceLength;

    /// <summary>By order less one: runs of words that a reference has too, none more often than the reference that has
    /// it most.</summary>
    public int[] Hits { get; } = new int[maxOrder];

    /// <summary>By order less one: all runs of the predictions.</summary>
    public int[] Runs { get; } = new int[maxOrder];

    /// <summary>What predictions shorter than the references lose, in (0, 1].</summary>
    public double BrevityPenalty => _length >= _referenceLength ? 1
        : _length == 0 ? 0
        : Math.Exp(1 - (_referenceLength / (double)_length));

    public void Add(string[] prediction, string[][] references)
    {
        _length += prediction.Length;
        // The reference closest in length, the shorter of two.
        _referenceLength += references.Select(reference => reference.Length)
            .OrderBy(length => Math.Abs(length - prediction.Length)).ThenBy(length => length).First();
        for (int order = 1; order <= maxOrder; order++)
        {
            Dictionary<string, int> found = Tally.OfNGrams(prediction, order);
            Dictionary<string, int> most = [];
            foreach ((string run, int count) in references.SelectMany(words => Tally.OfNGrams(words, order)))
            {
                most[run] = Math.Max(count, most.GetValueOrDefault(run));
            }

            Hits[order - 1] += Tally.Shared(found, most);
            Runs[order - 1] += found.Values.Sum();
        }
    }
}
