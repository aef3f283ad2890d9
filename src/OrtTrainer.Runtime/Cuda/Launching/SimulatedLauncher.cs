using ILGPU;
using ILGPU.Runtime.CPU;

namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>
/// Runs kernels on the host, over host memory, thread by thread as a device would: for tests, thousands of times
/// slower than a device. Every thread of a group is one of the operating system, and every barrier and shuffle a
/// meeting of them, so groups are small.
/// </summary>
internal sealed class SimulatedLauncher : IKernelLauncher, IDisposable
{
    private readonly Lock _running = new();
    private readonly Dictionary<DeviceKernel, ILGPU.Runtime.Kernel> _kernels = [];
    private readonly Context _context;
    private readonly CPUAccelerator _accelerator;

    /// <param name="group">The groups; small ones have all that large ones have but the speed.</param>
    public SimulatedLauncher(GroupShape group)
    {
        Group = group;
        _context = Context.Create(builder => builder
            .CPU(new CPUDevice(group.WarpSize, group.Warps, numMultiprocessors: 1)).EnableAlgorithms());
        _accelerator = _context.CreateCPUAccelerator(0, CPUAcceleratorMode.Parallel);
    }

    /// <summary>Two warps of four threads.</summary>
    public SimulatedLauncher()
        : this(new GroupShape(Threads: 8, WarpSize: 4))
    {
    }

    public GroupShape Group { get; }

    /// <summary>Runs a kernel to its end.</summary>
    /// <inheritdoc/>
    public void Launch(DeviceKernel kernel, GridSize grid, params ReadOnlySpan<KernelArgument> arguments)
    {
        kernel.Check(arguments);
        if (grid.IsEmpty)
        {
            return;
        }

        lock (_running)
        {
            List<CPUMemoryBuffer> buffers = [];
            object[] values = new object[arguments.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = ValueOf(arguments[i], buffers);
            }

            KernelConfig config = new(new Index3D(grid.X, grid.Y, 1), new Index3D(Group.Threads, 1, 1));
            Loaded(kernel).Launch(_accelerator.DefaultStream, config, values);
            _accelerator.DefaultStream.Synchronize();
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private ILGPU.Runtime.Kernel Loaded(DeviceKernel kernel)
    {
        if (!_kernels.TryGetValue(kernel, out ILGPU.Runtime.Kernel? loaded))
        {
            loaded = _accelerator.LoadKernel(kernel.Method);
            _kernels.Add(kernel, loaded);
        }

        return loaded;
    }

    private object ValueOf(KernelArgument argument, List<CPUMemoryBuffer> buffers)
    {
        Type type = argument.Type;
        if (type == typeof(ArrayView<float>))
        {
            return View<float>(argument, buffers);
        }

        if (type == typeof(ArrayView<double>))
        {
            return View<double>(argument, buffers);
        }

        if (type == typeof(ArrayView<long>))
        {
            return View<long>(argument, buffers);
        }

        if (type == typeof(ArrayView<int>))
        {
            return View<int>(argument, buffers);
        }

        if (type == typeof(DeviceMask))
        {
            return new DeviceMask(
                (uint)argument.First, (uint)(argument.First >> 32), (uint)argument.Second,
                BitConverter.UInt32BitsToSingle((uint)(argument.Second >> 32)));
        }

        return type == typeof(int) ? (object)(int)argument.First
            : type == typeof(uint) ? (object)(uint)argument.First
            : type == typeof(long) ? (object)argument.First
            : type == typeof(double) ? (object)BitConverter.Int64BitsToDouble(argument.First)
            : BitConverter.UInt32BitsToSingle((uint)argument.First);
    }

    private ArrayView<T> View<T>(KernelArgument argument, List<CPUMemoryBuffer> buffers)
        where T : unmanaged
    {
        if (argument.Second == 0)
        {
            return ArrayView<T>.Empty;
        }

        CPUMemoryBuffer buffer = CPUMemoryBuffer.Create(
            _accelerator, (nint)argument.First, argument.Second, Interop.SizeOf<T>());
        buffers.Add(buffer);
        return new ArrayView<T>(buffer, 0, argument.Second);
    }
}
