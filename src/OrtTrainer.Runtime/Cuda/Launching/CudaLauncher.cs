namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>Launches on one stream of a CUDA device.</summary>
/// <param name="functions">Those of the context.</param>
/// <param name="stream">Of the same context; 0 for its default stream.</param>
internal sealed unsafe class CudaLauncher(CudaFunctions functions, nint stream) : IKernelLauncher
{
    public GroupShape Group => new(GroupShape.MostThreads, WarpSize: 32);

    public void Launch(DeviceKernel kernel, GridSize grid, params ReadOnlySpan<KernelArgument> arguments)
    {
        kernel.Check(arguments);
        if (grid.IsEmpty)
        {
            return;
        }

        // The driver is given the address of each argument and knows from the code how many bytes to read there.
        long* bytes = stackalloc long[2 * arguments.Length];
        void** addresses = stackalloc void*[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            bytes[2 * i] = arguments[i].First;
            bytes[(2 * i) + 1] = arguments[i].Second;
            addresses[i] = bytes + (2 * i);
        }

        functions.Modules.Launch(functions.Of(kernel), grid, GroupShape.MostThreads, stream, addresses);
    }
}
