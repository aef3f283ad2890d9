namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>What attention does with a pair of a sequence and a head; see <see cref="PackedSequences"/>.</summary>
internal interface IAttentionPairs
{
    /// <summary>Asks for the memory of a pair before it is its turn.</summary>
    void Fetch(int pair);

    /// <summary>Does it.</summary>
    void RunPair(int pair);
}
