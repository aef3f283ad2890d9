namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>What launches need of the CUDA driver, all in one context. May be called from any thread.</summary>
internal unsafe interface ICudaModules
{
    /// <summary>The compute capability of the device, 8 and 6 for 8.6.</summary>
    (int Major, int Minor) Capability { get; }

    /// <summary>Compiles PTX for the device (<c>cuModuleLoadData</c>).</summary>
    /// <param name="ptx">Its text in ASCII, with a zero byte as the last.</param>
    /// <returns>The module, loaded until the process ends.</returns>
    /// <exception cref="RuntimeFailureException">The driver refuses it.</exception>
    nint LoadModule(ReadOnlySpan<byte> ptx);

    /// <summary>An entry of a module (<c>cuModuleGetFunction</c>).</summary>
    /// <exception cref="RuntimeFailureException">The module has none of this name.</exception>
    nint GetFunction(nint module, string name);

    /// <summary>Queues a launch (<c>cuLaunchKernel</c>) without dynamic shared memory; Z is 1.</summary>
    /// <param name="function">Of <see cref="GetFunction"/>.</param>
    /// <param name="grid">Groups along X and Y, 1 or more.</param>
    /// <param name="threads">Threads of a group, along X.</param>
    /// <param name="stream">0 for the default stream.</param>
    /// <param name="parameters">For each parameter the address of its bytes, which are copied.</param>
    /// <exception cref="RuntimeFailureException">The driver refuses.</exception>
    void Launch(nint function, GridSize grid, int threads, nint stream, void** parameters);
}
