using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>Memory of a device during one run of a node.</summary>
internal readonly ref struct DeviceScratch(IOperatorDevice device, KernelContext context, long bytes)
{
    private readonly KernelContext _context = context;
    private readonly nint _address = device.Allocate(context, bytes);

    /// <summary>A part of it as float32 numbers.</summary>
    /// <param name="start">The first, counted in float32 numbers.</param>
    /// <param name="length">How many.</param>
    public KernelArgument Floats(long start, long length) =>
        KernelArgument.Floats(_address + (nint)(start * sizeof(float)), length);

    /// <summary>A part of it as int32 numbers.</summary>
    /// <param name="start">The first, counted in int32 numbers.</param>
    /// <param name="length">How many.</param>
    public KernelArgument Int32s(long start, long length) =>
        KernelArgument.Int32s(_address + (nint)(start * sizeof(int)), length);

    public void Dispose() => device.Free(_context, _address);
}
