namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Work cut into chunks that may run in any order and on any thread. To give the same bits on any number of threads, a
/// chunk must write only what no other chunk reads or writes.
/// </summary>
internal interface IChunkWork
{
    /// <summary>Does one chunk.</summary>
    /// <param name="chunk">From 0 to the number of chunks minus 1; each is run exactly once.</param>
    void Run(int chunk);
}
