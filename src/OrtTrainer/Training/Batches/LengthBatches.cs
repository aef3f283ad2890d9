namespace OrtTrainer.Training.Batches;

/// <summary>Batches of examples of like length, shortest first; those of one length stay in their order.</summary>
internal static class LengthBatches
{
    /// <summary>Batches of at most so many tokens, or of one example that has more.</summary>
    /// <param name="examples">The data set.</param>
    /// <param name="tokens">1 or more.</param>
    /// <returns>The places of the examples of each batch.</returns>
    public static IEnumerable<int[]> Packed(IReadOnlyList<TokenizedExample> examples, int tokens) =>
        Of(examples, tokens, (all, count, longest) => all);

    /// <summary>As <see cref="Packed"/>, where rows are padded to the longest of a batch, padding counted.</summary>
    /// <inheritdoc cref="Packed"/>
    public static IEnumerable<int[]> Padded(IReadOnlyList<TokenizedExample> examples, int tokens) =>
        Of(examples, tokens, (all, count, longest) => (long)count * longest);

    private static IEnumerable<int[]> Of(
        IReadOnlyList<TokenizedExample> examples, int tokens, Func<long, int, int, long> size)
    {
        int[] order = [.. Enumerable.Range(0, examples.Count).OrderBy(i => examples[i].Tokens)];
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = start + 1;
            long all = examples[order[start]].Tokens;
            while (end < order.Length && examples[order[end]].Tokens is var next
                && size(all + next, end + 1 - start, next) <= tokens)
            {
                all += next;
                end++;
            }

            yield return order[start..end];
        }
    }
}
