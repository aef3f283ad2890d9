using System.Collections.Concurrent;
using System.Text;

namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>The kernels that are loaded in one CUDA context, each at its first launch.</summary>
/// <param name="modules">The driver, in that context.</param>
internal sealed class CudaFunctions(ICudaModules modules)
{
    private readonly PtxTarget _target = PtxTarget.Of(modules.Capability.Major, modules.Capability.Minor);
    private readonly ConcurrentDictionary<DeviceKernel, nint> _functions = [];

    public ICudaModules Modules => modules;

    /// <summary>The driver's handle of a kernel.</summary>
    /// <exception cref="RuntimeFailureException">The driver refuses its code.</exception>
    public nint Of(DeviceKernel kernel) => _functions.TryGetValue(kernel, out nint function) ? function : Load(kernel);

    // One at a time, so that none is loaded twice.
    private nint Load(DeviceKernel kernel)
    {
        lock (_functions)
        {
            return _functions.GetOrAdd(kernel, _ =>
            {
                Ptx ptx = PtxCompiler.Compile(kernel, _target);
                nint module = modules.LoadModule(Encoding.ASCII.GetBytes(ptx.Text + '\0'));
                return modules.GetFunction(module, ptx.Entry);
            });
        }
    }
}
