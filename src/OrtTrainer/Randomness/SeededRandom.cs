using System.Numerics;
using System.Text;

namespace OrtTrainer.Randomness;

/// <summary>
/// Random numbers that a seed fixes for good: xoshiro256** (Blackman and Vigna, 2021, "Scrambled linear pseudorandom
/// number generators"), seeded through <see cref="SplitMix64"/>. Everything but <see cref="NextGaussian"/> gives the
/// same bits on every platform and .NET version, which <see cref="Random"/> does not promise. Not for secrets; not
/// thread-safe.
/// </summary>
internal sealed class SeededRandom
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Starts the sequence of a seed; any value will do, zero included.</summary>
    public SeededRandom(ulong seed)
    {
        SplitMix64 words = new(seed);
        State = new SeededRandomState(words.Next(), words.Next(), words.Next(), words.Next());
    }

    /// <summary>Goes on from where another generator stood.</summary>
    /// <exception cref="ArgumentException">All four words are zero, a state that no generator can be in.</exception>
    public SeededRandom(SeededRandomState state) => State = state;

    /// <summary>
    /// The sequence for one use of a run's seed, such as "order" or "initialisation": uses with different names draw
    /// unrelated numbers, so that one more draw in one of them changes nothing elsewhere.
    /// </summary>
    public static SeededRandom For(ulong seed, string use)
    {
        ulong hash = seed;
        foreach (byte part in Encoding.UTF8.GetBytes(use))
        {
            hash = SplitMix64.Mix(hash ^ part) + 1;
        }

        return new SeededRandom(hash);
    }

    /// <summary>Where the sequence stands; setting it goes on from there.</summary>
    /// <exception cref="ArgumentException">All four words are zero, a state that no generator can be in.</exception>
    public SeededRandomState State
    {
        get => new(_s0, _s1, _s2, _s3);
        set
        {
            if (value == default)
            {
                throw new ArgumentException("A random state of four zero words was not written by a generator.");
            }

            (_s0, _s1, _s2, _s3) = value;
        }
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>
    /// An integer in [0, <paramref name="bound"/>), each exactly as likely (Lemire 2019, "Fast random integer
    /// generation in an interval": multiply, and reject the few words that would favour some values).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong range = (ulong)bound;
        ulong high = Math.BigMul(NextUInt64(), range, out ulong low);
        if (low < range)
        {
            ulong surplus = (0 - range) % range;
            while (low < surplus)
            {
                high = Math.BigMul(NextUInt64(), range, out low);
            }
        }

        return (int)high;
    }

    /// <summary>A multiple of 2^-24 in [0, 1).</summary>
    public float NextFloat() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>A multiple of 2^-53 in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>
    /// A draw from the normal distribution with mean 0 and variance 1, by Marsaglia's polar method (1964). The last
    /// bits follow the platform's logarithm. The method's second draw is thrown away, so that <see cref="State"/> is
    /// all there is to save.
    /// </summary>
    public double NextGaussian()
    {
        while (true)
        {
            double x = (2 * NextDouble()) - 1;
            double y = (2 * NextDouble()) - 1;
            double square = (x * x) + (y * y);
            if (square is > 0 and < 1)
            {
                return x * Math.Sqrt(-2 * Math.Log(square) / square);
            }
        }
    }

    /// <summary>
    /// A draw from Beta(a, a), in [0, 1]: X / (X + Y) for two draws of Gamma(a). The last bits follow the platform's
    /// logarithm and powers.
    /// </summary>
    /// <param name="a">Above 0; 1 gives every value alike, less gives more of 0 and 1.</param>
    public double NextBeta(double a)
    {
        while (true)
        {
            (double x, double y) = (NextGamma(a), NextGamma(a));
            if (x + y > 0)
            {
                return x / (x + y);
            }
        }
    }

    /// <summary>
    /// A draw from Gamma(a) by rejection (Marsaglia and Tsang 2000, "A simple method for generating gamma variables"),
    /// which takes a of 1 and more: below, one of a + 1 times a power of a uniform draw.
    /// </summary>
    private double NextGamma(double a)
    {
        if (a < 1)
        {
            return NextGamma(a + 1) * Math.Pow(1 - NextDouble(), 1 / a);
        }

        double d = a - (1 / 3.0);
        while (true)
        {
            double x = NextGaussian();
            double v = Math.Pow(1 + (x / Math.Sqrt(9 * d)), 3);
            if (v > 0 && Math.Log(1 - NextDouble()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v))))
            {
                return d * v;
            }
        }
    }

    /// <summary>Puts the items in random order, each order as likely (Fisher–Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
