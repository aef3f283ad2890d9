using System.Runtime.ExceptionServices;
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
    // Small enough to end within a moment, large enough to cost nothing.
    private const int RowsBetweenChecks = 4096;

    /// <summary>All tokens.</summary>
    public long Tokens => Examples.Sum(e => (long)e.InputIds.Length);

    /// <summary>Tokenizes on several processors; results keep the order.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="maxLength">The most tokens of an example; what is longer is cut.</param>
    /// <param name="threads">Threads, 1 or more.</param>
    /// <param name="cancellation">Stops between two blocks of examples.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EncodedDataset Of(
        Dataset source, ITextEncoder tokenizer, int maxLength, int threads,
        CancellationToken cancellation = default)
    {
        TokenizedExample[] examples = new TokenizedExample[source.Count];
        int[] lengths = new int[source.Count];
        EncodeOptions options = new() { MaxLength = maxLength };
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };
        for (int start = 0; start < source.Count; start += RowsBetweenChecks)
        {
            if (start > 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            try
            {
                Parallel.For(start, Math.Min(source.Count, start + RowsBetweenChecks), parallel, Tokenize);
            }
            catch (AggregateException exception)
            {
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }
        }

        return new(source, examples, lengths);

        void Tokenize(int row)
        {
            Example example = source.Examples[row];
            TokenIds whole = tokenizer.EncodeIds(example.Text, example.Pair);
            lengths[row] = whole.Ids.Length;
            TokenIds kept = lengths[row] <= maxLength
                ? whole
                : tokenizer.EncodeIds(example.Text, example.Pair, options);
            examples[row] = new TokenizedExample(kept.Ids, kept.TypeIds, Targets(source, row));
        }
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
