namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Work on elements that do not depend on each other.</summary>
internal interface IElementwise
{
    /// <summary>
    /// Computes elements <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1.
    /// </summary>
    void Run(long start, int count);
}
