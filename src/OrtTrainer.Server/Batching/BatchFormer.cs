namespace OrtTrainer.Server.Batching;

/// <summary>Chooses which of the texts that wait run together.</summary>
/// <param name="Tokens">Roughly how many tokens run at once, 1 or more.</param>
/// <param name="IsPadded">Whether the model fills all inputs of a batch up to the longest, so that it pays to have
/// inputs of like length in it.</param>
internal sealed record BatchFormer(int Tokens, bool IsPadded)
{
    /// <summary>
    /// The first of the texts, and of the others as many as fit: in turn where there is no padding; otherwise those
    /// nearest to the first in length, so that it never waits for another length to come.
    /// </summary>
    /// <param name="waiting">One text or more, the first in turn first.</param>
    /// <returns>Their places, the first among them.</returns>
    public List<int> Choose(IReadOnlyList<PendingText> waiting)
    {
        int first = waiting[0].Longest;
        IEnumerable<int> others = Enumerable.Range(1, waiting.Count - 1);
        if (IsPadded)
        {
            others = others.OrderBy(place => Math.Abs(waiting[place].Longest - first));
        }

        List<int> chosen = [0];
        (long all, int inputs, int longest) = (waiting[0].Tokens, waiting[0].Inputs.Count, first);
        foreach (int place in others)
        {
            PendingText text = waiting[place];
            (long nextAll, int nextInputs, int nextLongest) =
                (all + text.Tokens, inputs + text.Inputs.Count, Math.Max(longest, text.Longest));
            if ((IsPadded ? (long)nextInputs * nextLongest : nextAll) > Tokens)
            {
                break;
            }

            (all, inputs, longest) = (nextAll, nextInputs, nextLongest);
            chosen.Add(place);
        }

        return chosen;
    }
}
