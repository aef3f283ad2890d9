namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Positions of arrays in one piece of scratch memory, each on a cache line of its own.</summary>
internal struct Layout
{
    /// <summary>Floats needed in all.</summary>
    public long Length { get; private set; }

    /// <summary>The position of an array of <paramref name="count"/> floats.</summary>
    public long Add(long count)
    {
        long position = Length;
        Length += (count + Lanes.Count - 1) & -Lanes.Count;
        return position;
    }
}
