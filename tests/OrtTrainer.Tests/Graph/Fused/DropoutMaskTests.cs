using OrtTrainer.Graph;
using Onnx = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>
/// The counter-based masks bit for bit: int64 arithmetic of a function body against uint32 arithmetic.
/// </summary>
public sealed class DropoutMaskTests
{
    [Test]
    public void The_mixing_function_has_the_bits_of_32_bit_arithmetic()
    {
        Random random = new(1);
        long[] x = [0, 1, 2, 65535, 65536, 2147483647, 2147483648, 4294967294, 4294967295,
            .. Enumerable.Range(0, 100_000).Select(_ => random.NextInt64(1L << 32))];

        float[][] halves = FunctionRun.Outputs("DropoutMix", AttributeList.Empty, Onnx.Int64,
            FunctionRun.Integers(x, x.Length));

        uint[] bits = [.. halves[0].Zip(halves[1], (high, low) => ((uint)high << 16) | (uint)low)];
        Assert.That(bits, Is.EqualTo(x.Select(v => Reference.Mix((uint)v))));
    }

    [TestCase(0, 0, 0f, 0)]
    [TestCase(0, 0, 0.1f, 0)]
    [TestCase(4294967295, 4294967295, 0.1f, 1)]
    [TestCase(1, 4294967295, 0.5f, 63)]
    [TestCase(2654435769, 2246822507, 0.9f, 100_000)]
    public void Masks_are_those_of_32_bit_arithmetic(long key0, long key1, float p, int site)
    {
        long[] index = [.. Enumerable.Range(0, 5000).Select(i => (long)i), 4294967295, 4294967296, (1L << 33) + 5];

        AttributeList masking = AttributeList.Empty.With("p", p).With("site", site);
        float[] mask = FunctionRun.Outputs("DropoutMask", masking, Onnx.Float,
            FunctionRun.Integers(index, index.Length), FunctionRun.Integers([key0, key1], 2))[0];

        Assert.That(mask.Select(v => (double)v), Is.EqualTo(index.Select(i =>
            Reference.Mask((ulong)i, [(uint)key0, (uint)key1], p, (uint)site))).Within(1e-6 / (1 - p)));
    }

    [Test]
    public void Many_keys_give_the_share_they_should_and_do_not_agree()
    {
        const float P = 0.25f;
        const int Count = 4096;
        List<float[]> masks = [];
        for (uint key = 0; key < 8; key++)
        {
            masks.Add(FunctionRun.Outputs("DropoutMask", AttributeList.Empty.With("p", P).With("site", 3), Onnx.Float,
                FunctionRun.Integers([.. Enumerable.Range(0, Count).Select(i => (long)i)], Count),
                FunctionRun.Integers([key, 0], 2))[0]);
        }

        // Four standard deviations of a binomial distribution.
        double deviation = 4 * Math.Sqrt(Count * P * (1 - P));
        Assert.That(masks.Select(m => m.Count(v => v == 0)), Is.All.EqualTo(Count * P).Within(deviation));
        double together = Count * P * P;
        Assert.That(masks.Skip(1).Select(m => m.Zip(masks[0]).Count(v => v.First == 0 && v.Second == 0)),
            Is.All.EqualTo(together).Within(4 * Math.Sqrt(together)));
    }
}
