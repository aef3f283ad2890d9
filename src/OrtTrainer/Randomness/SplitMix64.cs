namespace OrtTrainer.Randomness;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, with Vigna's constants): spreads a seed, however regular, over
/// 64-bit words.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>The next of 2^64 words; every word comes exactly once in a period.</summary>
    public ulong Next() => Mix(_state += GoldenGamma);

    /// <summary>A bijection of 64-bit words in which every input bit changes about half of the output bits.</summary>
    public static ulong Mix(ulong word)
    {
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
        return word ^ (word >> 31);
    }
}
