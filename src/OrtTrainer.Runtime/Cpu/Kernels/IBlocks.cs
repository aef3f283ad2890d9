namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// Work cut into blocks that do not depend on each other. Where results of blocks are combined, the cut must depend
/// on the data's shape alone, never on the number of threads, so that the result has the same bits on any number of
/// them.
/// </summary>
public interface IBlocks
{
    /// <summary>Computes one block; called from several threads at the same time.</summary>
    void Run(int block);
}
