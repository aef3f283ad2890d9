using OrtTrainer.Data;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// A batch as the yardstick graph takes it: B rows padded to the longest of them, S. Unlike a packed batch, its work
/// grows with the padding.
/// </summary>
internal sealed class YardstickBatch
{
    /// <summary>What the yardstick adds to the attention scores of padding.</summary>
    private const float Masked = -1e9f;

    /// <param name="examples">All examples.</param>
    /// <param name="targets">What they are trained towards.</param>
    /// <param name="indices">Those of the batch, in order.</param>
    /// <param name="classes">Outputs of the yardstick's head; labels are taken modulo it, which changes no amount of
    /// work.</param>
    public YardstickBatch(
        IReadOnlyList<TokenizedExample> examples, TaskTargets targets, ReadOnlySpan<int> indices, int classes)
    {
        Rows = indices.Length;
        foreach (int index in indices)
        {
            Width = Math.Max(Width, examples[index].InputIds.Length);
        }

        Ids = new long[Rows * Width];
        Positions = [.. Enumerable.Range(0, Width).Select(i => (long)i)];
        Mask = new float[Rows * Width];
        Labels = new long[Rows];
        Array.Fill(Mask, Masked);
        float[] target = new float[targets.Outputs];
        for (int row = 0; row < Rows; row++)
        {
            TokenizedExample example = examples[indices[row]];
            for (int i = 0; i < example.InputIds.Length; i++)
            {
                Ids[(row * Width) + i] = example.InputIds[i];
                Mask[(row * Width) + i] = 0;
            }

            targets.Write(indices[row], target);
            Labels[row] = Math.Max(0, Array.IndexOf(target, 1f)) % classes;
        }
    }

    /// <summary>B.</summary>
    public int Rows { get; }

    /// <summary>S.</summary>
    public int Width { get; }

    /// <summary>Token ids, 0 for padding, [B*S].</summary>
    public long[] Ids { get; }

    /// <summary>0 to S-1, [S].</summary>
    public long[] Positions { get; }

    /// <summary>0 for tokens and a large negative number for padding, [B, 1, 1, S].</summary>
    public float[] Mask { get; }

    /// <summary>Class ids, [B].</summary>
    public long[] Labels { get; }

    /// <summary>Sets the inputs of a batch.</summary>
    public void Bind(Binding binding, long hidden, long heads)
    {
        binding.SetInput("ids", Ids, [Ids.Length]);
        binding.SetInput("pos", Positions, [Width]);
        binding.SetInput("mask", Mask, [Rows, 1, 1, Width]);
        binding.SetInput("bsh", [Rows, Width, heads, hidden / heads], [4]);
        binding.SetInput("bsH", [Rows, Width, hidden], [3]);
        binding.SetInput("nH", [Ids.Length, hidden], [2]);
        binding.SetInput("labels", Labels, [Rows]);
    }
}
