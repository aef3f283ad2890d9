namespace OrtTrainer.Tests.Runtime;

/// <summary>The operators again, in plain scalar C# and double precision, written from their definitions.</summary>
internal static class Reference
{
    /// <summary>Standard normal numbers times <paramref name="scale"/>, the same for the same seed.</summary>
    public static float[] Random(int seed, int length, double scale = 1)
    {
        Random random = new(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(scale * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    /// <summary>The factor of element <paramref name="index"/>: 1/(1-p) where it is kept, 0 where it is dropped.</summary>
    public static double DropoutFactor(float p, int site, long[] key, uint index)
    {
        if (p == 0)
        {
            return 1;
        }

        unchecked
        {
            uint k0 = Mix((uint)key[0] + ((uint)site * 0x9E3779B9u));
            uint k1 = Mix((uint)key[1] + ((uint)site * 0x85EBCA6Bu));
            uint x = index ^ k0;
            x ^= x >> 16;
            x *= 0x7feb352d;
            x += k1;
            x ^= x >> 15;
            x *= 0x846ca68b;
            x ^= x >> 16;
            return x >= (uint)Math.Floor(p * 4294967296.0) ? 1 / (1 - (double)p) : 0;
        }
    }

    private static uint Mix(uint x)
    {
        unchecked
        {
            x ^= x >> 16;
            x *= 0x7feb352d;
            x ^= x >> 15;
            x *= 0x846ca68b;
            return x ^ (x >> 16);
        }
    }
}
