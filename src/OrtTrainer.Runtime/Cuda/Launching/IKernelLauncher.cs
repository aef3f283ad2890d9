namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>Runs kernels on a device, one after the other in the order of the calls.</summary>
internal interface IKernelLauncher
{
    /// <summary>The groups of every launch; how many are needed depends on it.</summary>
    GroupShape Group { get; }

    /// <summary>Runs a kernel, after all that was launched before. It may still be at work on return.</summary>
    /// <param name="kernel">What to run.</param>
    /// <param name="grid">The groups; a number is that of groups along X.</param>
    /// <param name="arguments">One for each parameter; memory must stay until the kernel has run.</param>
    /// <exception cref="ArgumentException">The arguments are not those of the kernel.</exception>
    /// <exception cref="RuntimeFailureException">The device refuses.</exception>
    void Launch(DeviceKernel kernel, GridSize grid, params ReadOnlySpan<KernelArgument> arguments);
}
