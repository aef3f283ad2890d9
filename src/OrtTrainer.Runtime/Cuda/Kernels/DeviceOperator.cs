using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>An operator whose work is done by kernels of a device. It checks shapes and launches; values stay where
/// they are.</summary>
/// <param name="device">Where it runs.</param>
internal abstract class DeviceOperator(IOperatorDevice device) : Kernel
{
    public sealed override void Compute(in KernelContext context) => Compute(new DeviceRun(device, context));

    /// <summary>Makes the outputs and launches what fills them.</summary>
    protected abstract void Compute(in DeviceRun run);

    /// <summary>The definition of an operator on a device: names, types and shapes are those of the CPU.</summary>
    /// <param name="cpu">The operator on the CPU.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="create">Makes the kernel of a node.</param>
    /// <param name="hostInputs">Inputs that are read on the host, at no cost where the host made them.</param>
    protected static KernelDefinition On(
        KernelDefinition cpu, IOperatorDevice device, Func<KernelAttributes, Kernel> create, params int[] hostInputs) =>
        cpu with { Create = create, Provider = device.Provider, HostInputs = hostInputs };
}
