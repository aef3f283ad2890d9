namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>Rounding to bfloat16 from its definition.</summary>
internal static class BFloat16Reference
{
    /// <summary>
    /// The nearest number of 8 significant bits, ties to even; zero of its sign below the smallest normal float32, and
    /// infinity where the nearest is beyond the largest.
    /// </summary>
    public static double Nearest(float value)
    {
        double magnitude = Math.Abs((double)value);
        if (!double.IsFinite(magnitude))
        {
            return value;
        }

        if (magnitude < Math.ScaleB(1, -126))
        {
            return Math.CopySign(0, value);
        }

        double quantum = Math.ScaleB(1, Math.ILogB(magnitude) - 7);
        double nearest = Math.Round(magnitude / quantum, MidpointRounding.ToEven) * quantum;
        return Math.CopySign(nearest < Math.ScaleB(1, 128) ? nearest : double.PositiveInfinity, value);
    }

    /// <summary>The same as bits.</summary>
    public static ushort Bits(float value) => (ushort)(BitConverter.SingleToUInt32Bits((float)Nearest(value)) >> 16);
}
