using System.Text;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Driver;

/// <summary>What launches need of the driver, in a context.</summary>
/// <param name="context">The context.</param>
/// <param name="device">What the device is.</param>
internal sealed unsafe class CudaModules(
    CudaContext context, (string Hardware, Version Capability, long Memory, int Units) device) : ICudaModules
{
    public (int Major, int Minor) Capability { get; } = (device.Capability.Major, device.Capability.Minor);

    public nint LoadModule(ReadOnlySpan<byte> ptx)
    {
        context.Use();
        IntPtr module;
        fixed (byte* text = ptx)
        {
            context.Driver.Check(context.Driver.ModuleLoadData(&module, text), "loading a kernel");
        }

        return module;
    }

    public nint GetFunction(nint module, string name)
    {
        context.Use();
        IntPtr function;
        fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
        {
            context.Driver.Check(
                context.Driver.ModuleGetFunction(&function, module, text), $"looking for the kernel {name}");
        }

        return function;
    }

    public void Launch(nint function, GridSize grid, int threads, nint stream, void** parameters)
    {
        context.Use();
        context.Driver.Check(
            context.Driver.LaunchKernel(
                function, (uint)grid.X, (uint)grid.Y, 1, (uint)threads, 1, 1, 0, stream, parameters, null),
            "launching a kernel");
    }
}
