using OrtTrainer.Randomness;

namespace OrtTrainer.Training;

/// <summary>
/// The 64 bits from which all dropout of one step follows. They depend on seed and step alone, so a resumed run draws
/// the masks an uninterrupted one would.
/// </summary>
internal readonly record struct DropoutKey(uint First, uint Second)
{
    /// <summary>The key of a micro-batch, counted over the whole run.</summary>
    public static DropoutKey For(long seed, long microStep)
    {
        ulong bits = new SplitMix64(SplitMix64.Mix((ulong)seed) + (ulong)microStep).Next();
        return new((uint)bits, (uint)(bits >> 32));
    }
}
