using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.MachineCode;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Tests.Runtime.Products;

public sealed unsafe class BFloat16Tests
{
    // Every sign and exponent, the ends of the significant bits, and below them ties, what is next to ties, and
    // nothing.
    private static float[] Interesting { get; } =
    [
        .. from upper in Enumerable.Range(0, 512)
           from kept in new[] { 0, 1, 0x2A, 0x7E, 0x7F }
           from dropped in new[] { 0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF }
           select BitConverter.Int32BitsToSingle((upper << 23) | (kept << 16) | dropped),
    ];

    [Test]
    public void Rounding_is_to_the_nearest_with_ties_to_even()
    {
        foreach (float value in Interesting)
        {
            float rounded = BitConverter.Int32BitsToSingle(BFloat16.Round(value) << 16);
            if (float.IsNaN(value))
            {
                Assert.That(rounded, Is.NaN);
            }
            else
            {
                Assert.That(BFloat16.Round(value), Is.EqualTo(BFloat16Reference.Bits(value)), $"{value:G9}");
            }
        }
    }

    [Test]
    public void The_processor_rounds_to_the_same_bits()
    {
        Precisions.Require(Precision.Bf16);
        using BFloat16Functions functions = new();
        ushort[] converted = new ushort[Interesting.Length];
        Assert.That(Interesting.Length % 32, Is.Zero);
        fixed (float* source = Interesting)
        {
            fixed (ushort* target = converted)
            {
                functions.ConvertRows(Interesting.Length / 32, source, 128, target, 64);
            }
        }

        for (int i = 0; i < converted.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(Interesting[i]);
            Assert.That(converted[i], Is.EqualTo(BFloat16.Round(Interesting[i])), $"of {bits:X8}");
        }
    }
}
