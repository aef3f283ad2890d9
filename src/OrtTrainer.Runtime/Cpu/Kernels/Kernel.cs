namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The work of one node. An instance keeps what is the same in every run, the node's attributes and constant inputs,
/// and nothing else: several runs may compute at the same time.
/// </summary>
public abstract class Kernel
{
    /// <summary>Reads the inputs, makes and fills the outputs. An exception fails the run, with its message.</summary>
    public abstract void Compute(in KernelContext context);

    /// <summary>Frees what the kernel keeps; its session has ended. Throws nothing.</summary>
    protected internal virtual void Release()
    {
    }
}
