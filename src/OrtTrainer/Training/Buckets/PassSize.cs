using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Buckets;

/// <summary>What decides the shapes of a forward and backward pass.</summary>
/// <param name="Tokens">T.</param>
/// <param name="Sequences">B, 1 or more.</param>
/// <param name="Rows">Rows of targets, R.</param>
internal readonly record struct PassSize(int Tokens, int Sequences, int Rows)
{
    /// <summary>Examples after which the rest of a run is taken to be alike.</summary>
    private const long MostExamples = 20_000_000;

    /// <summary>The sizes of all passes of a run, and how often each comes.</summary>
    /// <param name="options">Order, batch size and accumulation.</param>
    /// <param name="examples">The training examples.</param>
    /// <param name="targets">Their targets.</param>
    /// <param name="steps">Optimizer steps of the run. Of a very long one the first epochs are looked at.</param>
    public static Dictionary<PassSize, long> OfRun(
        TrainerOptions options, IReadOnlyList<TokenizedExample> examples, ExampleTargets targets, long steps)
    {
        int[] lengths = LengthsOf(examples);
        EpochOrder order = options.OrderOf(examples);
        long looked = Math.Min(steps, Math.Max(order.StepsPerEpoch, MostExamples / order.PerStep));
        Dictionary<PassSize, long> sizes = [];
        for (long step = 0; step < looked; step++)
        {
            ReadOnlySpan<int> indices = order.ExamplesOf(step);
            for (int start = 0; start < indices.Length; start += options.PerPass)
            {
                PassSize size = Of(
                    indices.Slice(start, Math.Min(options.PerPass, indices.Length - start)), lengths, targets);
                sizes[size] = sizes.GetValueOrDefault(size) + 1;
            }
        }

        return sizes;
    }

    /// <summary>The tokens of each example.</summary>
    public static int[] LengthsOf(IReadOnlyList<TokenizedExample> examples)
    {
        int[] lengths = new int[examples.Count];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = examples[i].InputIds.Length;
        }

        return lengths;
    }

    private static PassSize Of(ReadOnlySpan<int> indices, int[] lengths, ExampleTargets targets)
    {
        int tokens = 0, rows = 0;
        foreach (int index in indices)
        {
            tokens += lengths[index];
            rows += targets.FirstRow(index + 1) - targets.FirstRow(index);
        }

        return new PassSize(tokens, indices.Length, rows);
    }
}
