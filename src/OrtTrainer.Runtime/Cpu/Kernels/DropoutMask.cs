using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// Which elements dropout keeps: a hash of key, site and element index, so that a mask needs no memory, is the same
/// forward and backward, on every device and with any number of threads, and differs from step to step as the key
/// does. The mixing function is lowbias32 (C. Wellons, "Prospecting for hash functions", 2018), with the second key
/// word added in its middle.
/// </summary>
internal readonly struct DropoutMask
{
    private const uint FirstFactor = 0x7feb352d;
    private const uint SecondFactor = 0x846ca68b;

    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _threshold;
    private readonly float _scale;

    /// <param name="dropout">The node's rate and site.</param>
    /// <param name="key">Two words of the step's key, each in [0, 2^32).</param>
    public DropoutMask(DropoutSite dropout, ReadOnlySpan<long> key)
    {
        _key0 = Mix(Word(key[0]) + dropout.Salt0);
        _key1 = Mix(Word(key[1]) + dropout.Salt1);
        _threshold = dropout.Threshold;
        _scale = dropout.Scale;
    }

    /// <param name="key">64 bits that fix the mask.</param>
    /// <param name="threshold">Elements whose hash is less are dropped.</param>
    /// <param name="scale">What kept elements are multiplied with.</param>
    public DropoutMask(ulong key, uint threshold, float scale)
    {
        _key0 = Mix((uint)key);
        _key1 = Mix((uint)(key >> 32));
        _threshold = threshold;
        _scale = scale;
    }

    /// <summary>What is mixed into the element index first.</summary>
    public uint Key0 => _key0;

    /// <summary>What is added in the middle.</summary>
    public uint Key1 => _key1;

    /// <summary>Elements whose hash is less are dropped.</summary>
    public uint Threshold => _threshold;

    /// <summary>What kept elements are multiplied with.</summary>
    public float Scale => _scale;

    /// <summary>False where nothing is dropped: the mask is the identity.</summary>
    public bool IsActive => _threshold != 0;

    /// <summary>The scale 1/(1-p) in lanes that are kept, 0 in the others.</summary>
    /// <param name="index">Element indices, modulo 2^32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Factors(Vector512<uint> index)
    {
        Vector512<uint> x = index ^ Vector512.Create(_key0);
        x ^= x >>> 16;
        x = (x * Vector512.Create(FirstFactor)) + Vector512.Create(_key1);
        x ^= x >>> 15;
        x *= Vector512.Create(SecondFactor);
        x ^= x >>> 16;
        Vector512<uint> kept = Vector512.GreaterThanOrEqual(x, Vector512.Create(_threshold));
        return Vector512.Create(_scale) & kept.AsSingle();
    }

    /// <summary>target = source · mask; both may be the same.</summary>
    /// <param name="source">The elements.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="start">The index of the first.</param>
    /// <param name="count">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Multiply(float* source, float* target, long start, int count)
    {
        Vector512<uint> index = Lanes.Index + Vector512.Create((uint)start);
        int i = 0;
        for (; i <= count - Lanes.Count; i += Lanes.Count)
        {
            (Vector512.Load(source + i) * Factors(index)).Store(target + i);
            index += Vector512.Create((uint)Lanes.Count);
        }

        if (i < count)
        {
            Lanes.Store(Lanes.Load(source + i, count - i) * Factors(index), target + i, count - i);
        }
    }

    private static uint Mix(uint x)
    {
        x ^= x >> 16;
        x *= FirstFactor;
        x ^= x >> 15;
        x *= SecondFactor;
        return x ^ (x >> 16);
    }

    private static uint Word(long word) => word is >= 0 and <= uint.MaxValue
        ? (uint)word
        : throw new ArgumentException($"A word of the dropout key is {word}; expected 0 to {uint.MaxValue}.");
}
