namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>The threads that a launch puts in a group. They share memory and can wait for each other.</summary>
/// <param name="Threads">In a group, a multiple of a warp.</param>
/// <param name="WarpSize">Threads that step together and can exchange registers, a power of 2.</param>
internal readonly record struct GroupShape(int Threads, int WarpSize)
{
    /// <summary>The most threads of any group; what shared memory has room for.</summary>
    public const int MostThreads = 128;

    /// <summary>The most warps of any group.</summary>
    public const int MostWarps = 32;

    /// <summary>Warps of a group.</summary>
    public int Warps => Threads / WarpSize;

    /// <summary>Groups that have a thread for each of <paramref name="count"/> items.</summary>
    public int GroupsOfThreads(long count) => checked((int)((count + Threads - 1) / Threads));

    /// <summary>Groups that have a warp for each of <paramref name="count"/> items.</summary>
    public int GroupsOfWarps(long count) => checked((int)((count + Warps - 1) / Warps));
}
