using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>
/// Makes PTX, the assembler of CUDA devices, from kernels in C#; needs no device. What was compiled is kept as long as
/// the process lives.
/// </summary>
/// <remarks>
/// Compiled code has exactly the method's parameters, in their order. A view is 16 bytes, aligned to 8: its address,
/// then its length as int64; a number has the bytes of its type.
/// </remarks>
internal static class PtxCompiler
{
    private static readonly Lock Compiling = new();
    private static readonly Dictionary<(DeviceKernel Kernel, PtxTarget Target), Ptx> Compiled = [];
    private static readonly Dictionary<PtxTarget, PTXBackend> Backends = [];
    private static Context? _context;

    /// <summary>A kernel's PTX, for groups of <see cref="GroupShape.MostThreads"/>.</summary>
    /// <exception cref="InternalCompilerException">The method uses what devices lack.</exception>
    public static Ptx Compile(DeviceKernel kernel, PtxTarget target)
    {
        lock (Compiling)
        {
            if (!Compiled.TryGetValue((kernel, target), out Ptx? ptx))
            {
                var compiled = (PTXCompiledKernel)BackendOf(target).Compile(
                    EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method),
                    new KernelSpecialization(GroupShape.MostThreads, null));
                ptx = new Ptx(compiled.Name, compiled.PTXAssembly);
                Compiled.Add((kernel, target), ptx);
            }

            return ptx;
        }
    }

    private static PTXBackend BackendOf(PtxTarget target)
    {
        if (!Backends.TryGetValue(target, out PTXBackend? backend))
        {
            // A context must name a device; compiling uses none.
            _context ??= Context.Create(builder => builder
                .CPU(new CPUDevice(numThreadsPerWarp: 2, numWarpsPerMultiprocessor: 1, numMultiprocessors: 1))
                .EnableAlgorithms().Optimize(OptimizationLevel.O2));
            backend = new PTXBackend(
                _context, new CudaCapabilityContext(target.Architecture), target.Architecture, target.Instructions,
                nvvmAPI: null!);
            Backends.Add(target, backend);
        }

        return backend;
    }
}
