using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>Seeded content for flat buffers; padding is zero.</summary>
internal static class FlatValues
{
    public static float[] Random(WeightLayout layout, int seed)
    {
        var random = new Random(seed);
        var values = new float[layout.Length];
        foreach (var segment in layout.Segments)
        {
            foreach (ref var value in values.AsSpan(segment.Offset, segment.Length))
            {
                value = (float)((random.NextDouble() * 2) - 1);
            }
        }

        return values;
    }

    /// <summary>
    /// Random values in a share of the blocks, zero in the others, as the gradient of an embedding table.
    /// </summary>
    public static float[] SparseRows(WeightLayout layout, int seed, double share)
    {
        var values = Random(layout, seed);
        var random = new Random(seed + 1000);
        for (var block = 0; block < layout.Blocks; block++)
        {
            if (random.NextDouble() >= share)
            {
                values.AsSpan(block * WeightLayout.BlockLength, WeightLayout.BlockLength).Clear();
            }
        }

        return values;
    }

    public static BlockMap NonZeroBlocks(WeightLayout layout, float[] values)
    {
        var map = new BlockMap(layout);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != 0)
            {
                map.Mark(i, 1);
            }
        }

        return map;
    }
}
