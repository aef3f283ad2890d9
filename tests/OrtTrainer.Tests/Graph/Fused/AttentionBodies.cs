using OrtTrainer.Graph;
using OrtTrainer.Tests.Runtime.Kernels;
using static OrtTrainer.Tests.Graph.Fused.BodyRun;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>The values of function bodies of attention, and of what turns its queries and keys.</summary>
internal static class AttentionBodies
{
    /// <summary>A check by function.</summary>
    public static IReadOnlyDictionary<string, Action> Checks { get; } = new Dictionary<string, Action>
    {
        ["PackedAttention"] = () => BothMasks(gradient: false),
        ["PackedAttentionGrad"] = () => BothMasks(gradient: true),
        ["PackedAttentionBf16"] = () => BothMasks(gradient: false, Bf16),
        ["PackedAttentionGradBf16"] = () => BothMasks(gradient: true, Bf16),
        ["PackedBiasedAttention"] = () => BiasedAttention(gradient: false),
        ["PackedBiasedAttentionGrad"] = () => BiasedAttention(gradient: true),
        ["PackedBiasedAttentionBf16"] = () => BiasedAttention(gradient: false, Bf16),
        ["PackedBiasedAttentionGradBf16"] = () => BiasedAttention(gradient: true, Bf16),
        ["PackedSharedAttention"] = () => SharedAttention(gradient: false),
        ["PackedSharedAttentionGrad"] = () => SharedAttention(gradient: true),
        ["PackedSharedAttentionBf16"] = () => SharedAttention(gradient: false, Bf16),
        ["PackedSharedAttentionGradBf16"] = () => SharedAttention(gradient: true, Bf16),
        ["PackedCrossAttention"] = () => CrossAttention(gradient: false),
        ["PackedCrossAttentionGrad"] = () => CrossAttention(gradient: true),
        ["DisentangledAttention"] = () => Disentangled(gradient: false),
        ["DisentangledAttentionGrad"] = () => Disentangled(gradient: true),
        ["Rotary"] = Rotary,
        ["CachedAttention"] = () =>
        {
            CachedAttention(-1);
            CachedAttention(1);
        },
    };

    private static void BothMasks(bool gradient, string precision = "")
    {
        foreach (int window in new[] { -1, 0, 2, 4 })
        {
            Attention(gradient, AttentionMask.Bidirectional, window, precision);
            Attention(gradient, AttentionMask.Causal, window, precision);
        }
    }

    private static void Attention(bool gradient, AttentionMask mask, int window, string precision)
    {
        const int Heads = 2, Width = 6;
        long[] offsets = [0, 3, 4, 9];
        float[] qkv = Draw(9 * 3 * Width, 1);
        float[] dy = Draw(9 * Width, 2);
        AttributeList attributes = Masking.With("heads", Heads).With("scale", 1.25f).With("mask", (long)mask)
            .With("window", window);
        FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
        (double[] Y, double[] Lse) Exact(double[] v) => Reference.Attention(
            v, offsets, Heads, Width, 1.25, mask == AttentionMask.Causal, window,
            counter => Reference.Mask(counter, Key32, P, (uint)Site));
        (double[] y, double[] lse) = Exact(Wide(qkv));
        if (gradient)
        {
            float[] dqkv = Run("PackedAttentionGrad" + precision, attributes, FunctionRun.Floats(dy, 9, Width),
                FunctionRun.Floats(qkv, 9, 3 * Width), FunctionRun.Floats(Narrow(y), 9, Width),
                FunctionRun.Floats(Narrow(lse), 9, Heads), starts, KeyInput)[0];
            AssertClose(dqkv, Reference.Gradient(v => Exact(v).Y, Wide(qkv), Wide(dy)),
                ToleranceOf(precision));
            return;
        }

        float[][] outputs = Run(
            "PackedAttention" + precision, attributes, FunctionRun.Floats(qkv, 9, 3 * Width), starts, KeyInput);
        AssertClose(outputs[0], y, ToleranceOf(precision));
        AssertClose(outputs[1], lse, ToleranceOf(precision));
    }

    private static void BiasedAttention(bool gradient, string precision = "")
    {
        const int Heads = 2, Width = 6, Distances = 5;
        long[] offsets = [0, 3, 4, 9];
        float[] qkv = Draw(9 * 3 * Width, 1), dy = Draw(9 * Width, 2), relative = Draw(Distances * Heads, 3);
        foreach (AttentionMask mask in Enum.GetValues<AttentionMask>())
        {
            AttributeList attributes = Masking.With("heads", Heads).With("scale", 1.25f).With("mask", (long)mask)
                .With("window", 1);
            FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
            FunctionRun.Tensor table = FunctionRun.Floats(relative, Distances, Heads);
            (double[] Y, double[] Lse) Exact(double[] v, double[] bias) => Reference.Attention(
                v, offsets, Heads, Width, 1.25, mask == AttentionMask.Causal, 1,
                counter => Reference.Mask(counter, Key32, P, (uint)Site),
                (distance, head) => bias[((Math.Clamp(distance, -2, 2) + 2) * Heads) + head]);
            (double[] y, double[] lse) = Exact(Wide(qkv), Wide(relative));
            if (gradient)
            {
                float[][] gradients = Run(
                    "PackedBiasedAttentionGrad" + precision, attributes, FunctionRun.Floats(dy, 9, Width),
                    FunctionRun.Floats(qkv, 9, 3 * Width), FunctionRun.Floats(Narrow(y), 9, Width),
                    FunctionRun.Floats(Narrow(lse), 9, Heads), starts, KeyInput, table);
                AssertClose(gradients[0], Reference.Gradient(v => Exact(v, Wide(relative)).Y, Wide(qkv), Wide(dy)),
                    ToleranceOf(precision));
                AssertClose(gradients[1], Reference.Gradient(v => Exact(Wide(qkv), v).Y, Wide(relative), Wide(dy)),
                    ToleranceOf(precision));
                continue;
            }

            float[][] outputs = Run(
                "PackedBiasedAttention" + precision, attributes, FunctionRun.Floats(qkv, 9, 3 * Width), starts,
                KeyInput, table);
            AssertClose(outputs[0], y, ToleranceOf(precision));
            AssertClose(outputs[1], lse, ToleranceOf(precision));
        }
    }

    private static void SharedAttention(bool gradient, string precision = "")
    {
        const int Heads = 4, KeyHeads = 2, Width = 8, Row = 16;
        long[] offsets = [0, 3, 4, 9];
        float[] qkv = Draw(9 * Row, 1), dy = Draw(9 * Width, 2);
        foreach (AttentionMask mask in Enum.GetValues<AttentionMask>())
        {
            AttributeList attributes = Masking.With("heads", Heads).With("keyHeads", KeyHeads).With("scale", 1.25f)
                .With("mask", (long)mask).With("window", 2);
            FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
            (double[] Y, double[] Lse) Exact(double[] v) => Reference.Attention(
                SharedHeads.Spread(v, Heads, KeyHeads, Width / Heads), offsets, Heads, Width, 1.25,
                mask == AttentionMask.Causal, 2, counter => Reference.Mask(counter, Key32, P, (uint)Site));
            (double[] y, double[] lse) = Exact(Wide(qkv));
            if (gradient)
            {
                float[] dqkv = Run(
                    "PackedSharedAttentionGrad" + precision, attributes, FunctionRun.Floats(dy, 9, Width),
                    FunctionRun.Floats(qkv, 9, Row), FunctionRun.Floats(Narrow(y), 9, Width),
                    FunctionRun.Floats(Narrow(lse), 9, Heads), starts, KeyInput)[0];
                AssertClose(
                    dqkv, Reference.Gradient(v => Exact(v).Y, Wide(qkv), Wide(dy)), ToleranceOf(precision));
                continue;
            }

            float[][] outputs = Run(
                "PackedSharedAttention" + precision, attributes, FunctionRun.Floats(qkv, 9, Row), starts, KeyInput);
            AssertClose(outputs[0], y, ToleranceOf(precision));
            AssertClose(outputs[1], lse, ToleranceOf(precision));
        }
    }

    private static void CrossAttention(bool gradient)
    {
        // One query, none, and more than there are keys.
        const int Heads = 2, Width = 6;
        long[] queryOffsets = [0, 1, 1, 5, 7], offsets = [0, 3, 4, 7, 12];
        float[] q = Draw(7 * Width, 1), kv = Draw(12 * 2 * Width, 3), dy = Draw(7 * Width, 2);
        AttributeList attributes = Masking.With("heads", Heads).With("scale", 1.25f);
        FunctionRun.Tensor[] integers =
            [FunctionRun.Integers(queryOffsets, 5), FunctionRun.Integers(offsets, 5), KeyInput];
        (double[] Y, double[] Lse) Exact(double[] queries, double[] keys) => Reference.CrossAttention(
            queries, keys, queryOffsets, offsets, Heads, Width, 1.25,
            counter => Reference.Mask(counter, Key32, P, (uint)Site));
        (double[] y, double[] lse) = Exact(Wide(q), Wide(kv));
        FunctionRun.Tensor[] inputs = [FunctionRun.Floats(q, 7, Width), FunctionRun.Floats(kv, 12, 2 * Width)];
        if (!gradient)
        {
            float[][] outputs = Run("PackedCrossAttention", attributes, [.. inputs, .. integers]);
            AssertClose(outputs[0], y);
            AssertClose(outputs[1], lse);
            return;
        }

        float[][] gradients = Run("PackedCrossAttentionGrad", attributes,
            [
                FunctionRun.Floats(dy, 7, Width), .. inputs, FunctionRun.Floats(Narrow(y), 7, Width),
                FunctionRun.Floats(Narrow(lse), 7, Heads), .. integers,
            ]);
        AssertClose(gradients[0], Reference.Gradient(v => Exact(v, Wide(kv)).Y, Wide(q), Wide(dy)));
        AssertClose(gradients[1], Reference.Gradient(v => Exact(Wide(q), v).Y, Wide(kv), Wide(dy)));
    }

    private static void Disentangled(bool gradient)
    {
        // Five rows; two distances share one, and those beyond 3 count as 3.
        const int Heads = 2, Width = 6, Rows = 5;
        long[] offsets = [0, 3, 3, 4, 10], buckets = [0, 0, 1, 2, 3, 4, 4];
        float[] qkv = Draw(10 * 3 * Width, 1), relative = Draw(Rows * 2 * Width, 3), dy = Draw(10 * Width, 2);
        AttributeList attributes = Masking.With("heads", Heads).With("scale", 0.8f);
        FunctionRun.Tensor[] integers =
            [FunctionRun.Integers(buckets, buckets.Length), FunctionRun.Integers(offsets, offsets.Length), KeyInput];
        (double[] Y, double[] Lse) Exact(double[] v, double[] r) => Reference.Disentangled(
            v, r, buckets, offsets, Heads, Width, 0.8f, counter => Reference.Mask(counter, Key32, P, (uint)Site));
        (double[] y, double[] lse) = Exact(Wide(qkv), Wide(relative));
        FunctionRun.Tensor[] inputs =
            [FunctionRun.Floats(qkv, 10, 3 * Width), FunctionRun.Floats(relative, Rows, 2 * Width)];
        if (!gradient)
        {
            float[][] outputs = Run("DisentangledAttention", attributes, [.. inputs, .. integers]);
            AssertClose(outputs[0], y);
            AssertClose(outputs[1], lse);
            return;
        }

        float[][] gradients = Run("DisentangledAttentionGrad", attributes,
            [
                FunctionRun.Floats(dy, 10, Width), .. inputs, FunctionRun.Floats(Narrow(y), 10, Width),
                FunctionRun.Floats(Narrow(lse), 10, Heads), .. integers,
            ]);
        AssertClose(gradients[0], Reference.Gradient(v => Exact(v, Wide(relative)).Y, Wide(qkv), Wide(dy)));
        AssertClose(gradients[1], Reference.Gradient(r => Exact(Wide(qkv), r).Y, Wide(relative), Wide(dy)));
    }

    private static void Rotary()
    {
        float[] x = Draw(3 * 10, 1), frequencies = [1, 0.25f];
        long[] positions = [0, 7, 300];
        foreach (int direction in new[] { 1, -1 })
        {
            double[] expected = Wide(x);
            for (int at = 0; at < x.Length; at++)
            {
                // Two heads of 4 columns in rows of 10.
                (int row, int column) = (at / 10, at % 10);
                if (column % 4 < 2 && column < 8)
                {
                    double angle = positions[row] * (double)frequencies[column % 4] * direction;
                    var turned = System.Numerics.Complex.FromPolarCoordinates(1, angle)
                        * new System.Numerics.Complex(x[at], x[at + 2]);
                    (expected[at], expected[at + 2]) = (turned.Real, turned.Imaginary);
                }
            }

            AssertClose(
                Run("Rotary", AttributeList.Empty.With("heads", 2).With("direction", (float)direction),
                    FunctionRun.Floats(x, 3, 10), FunctionRun.Integers(positions, 3),
                    FunctionRun.Floats(frequencies, 2))[0],
                expected);
        }
    }

    // Two heads of queries share one of keys, of 2 columns; 4 tokens of two texts, before which there are 2 and none.
    private static void CachedAttention(int window)
    {
        long[] offsets = [0, 3, 4], cached = [2, 0];
        const int Room = 6;
        float[] qkv = Draw(4 * 8, 1), keys = Draw(2 * Room * 2, 2), values = Draw(2 * Room * 2, 3);
        (double[] allKeys, double[] allValues, double[] y) = (Wide(keys), Wide(values), new double[4 * 4]);
        for (int token = 0; token < 4; token++)
        {
            int text = token < 3 ? 0 : 1, place = text == 0 ? 2 + token : 0;
            for (int i = 0; i < 2; i++)
            {
                allKeys[(((text * Room) + place) * 2) + i] = qkv[(token * 8) + 4 + i];
                allValues[(((text * Room) + place) * 2) + i] = qkv[(token * 8) + 6 + i];
            }

            for (int head = 0; head < 2; head++)
            {
                int first = window < 0 ? 0 : Math.Max(0, place - window);
                double[] weights = [.. Enumerable.Range(first, place + 1 - first).Select(key => Math.Exp(0.7f
                    * Enumerable.Range(0, 2).Sum(i => qkv[(token * 8) + (head * 2) + i]
                        * allKeys[(((text * Room) + key) * 2) + i])))];
                for (int i = 0; i < 2; i++)
                {
                    y[(token * 4) + (head * 2) + i] = weights
                        .Select((weight, j) => weight * allValues[(((text * Room) + first + j) * 2) + i]).Sum()
                        / weights.Sum();
                }
            }
        }

        float[][] actual = Run(
            "CachedAttention",
            AttributeList.Empty.With("heads", 2).With("scale", 0.7f).With("window", window),
            FunctionRun.Floats(qkv, 4, 8), FunctionRun.Integers(offsets, 3), FunctionRun.Integers(cached, 2),
            FunctionRun.Floats(keys, 2, Room, 1, 2), FunctionRun.Floats(values, 2, Room, 1, 2));

        AssertClose(actual[0], y);
        AssertClose(actual[1], allKeys);
        AssertClose(actual[2], allValues);
    }
}
