using OrtTrainer.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Training.Batches;

/// <summary>A data set as token ids and targets.</summary>
/// <param name="Source">The examples and labels it was made of.</param>
/// <param name="Examples">The same examples, tokenized and cut to the greatest length, in the same order.</param>
/// <param name="FullLengths">The tokens each would have without cutting.</param>
public sealed record EncodedDataset(
    Dataset Source, IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<int> FullLengths)
{
    /// <summary>All tokens.</summary>
    public long Tokens => Examples.Sum(e => (long)e.InputIds.Length);

    /// <summary>Tokenizes on all processors; results keep the order.</summary>
    public static EncodedDataset Of(Dataset source, Tokenizer tokenizer, int maxLength, int threads)
    {
        TokenizedExample[] examples = new TokenizedExample[source.Count];
        int[] lengths = new int[source.Count];
        EncodeOptions options = new() { MaxLength = maxLength };
        Parallel.For(0, source.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, row =>
        {
            Example example = source.Examples[row];
            TokenIds whole = tokenizer.EncodeIds(example.Text, example.Pair);
            lengths[row] = whole.Ids.Length;
            TokenIds kept = lengths[row] <= maxLength
                ? whole
                : tokenizer.EncodeIds(example.Text, example.Pair, options);
            examples[row] = new TokenizedExample(kept.Ids, kept.TypeIds, Targets(source, row));
        });
        return new(source, examples, lengths);
    }

    private static float[] Targets(Dataset source, int row)
    {
        float[] targets = new float[source.Outputs];
        if (source.Task == TaskKind.Classification)
        {
            targets[source.LabelIds[row]] = 1;
            return targets;
        }

        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = source.Targets[(row * source.Outputs) + i];
        }

        return targets;
    }
}
