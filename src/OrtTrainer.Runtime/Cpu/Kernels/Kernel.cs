namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The work of one node. An instance keeps the node's attributes and nothing else: several runs may compute at the
/// same time.
/// </summary>
public abstract class Kernel
{
    /// <summary>Reads the inputs, makes and fills the outputs. An exception fails the run, with its message.</summary>
    public abstract void Compute(in KernelContext context);
}
