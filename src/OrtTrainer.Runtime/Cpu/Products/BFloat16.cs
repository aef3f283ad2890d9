namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>The upper half of a float32.</summary>
internal static class BFloat16
{
    private const uint SmallestNormal = 0x00800000, Infinity = 0x7F800000;

    /// <summary>
    /// The nearest bfloat16, ties to even, as VCVTNEPS2BF16 gives it: what is below the smallest normal number becomes
    /// zero of its sign, and NaN stays NaN.
    /// </summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint magnitude = bits & 0x7FFFFFFF;
        if (magnitude < SmallestNormal)
        {
            return (ushort)((bits >> 16) & 0x8000);
        }

        return magnitude > Infinity
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
