using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>One run of a node on a device.</summary>
internal readonly unsafe ref struct DeviceRun
{
    private readonly IOperatorDevice _device;
    private readonly KernelContext _context;
    private readonly IKernelLauncher _launcher;

    public DeviceRun(IOperatorDevice device, KernelContext context)
    {
        _device = device;
        _context = context;
        _launcher = device.Launcher(context);
    }

    /// <summary>The groups of every launch.</summary>
    public GroupShape Group => _launcher.Group;

    /// <summary>An input; its values lie on the device unless its operator reads them on the host.</summary>
    public KernelTensor Input(int index) => _context.Input(index);

    /// <summary>Makes an output.</summary>
    public KernelTensor Output(int index, params ReadOnlySpan<long> shape) => _context.Output(index, shape);

    /// <summary>An input of float32 numbers for a kernel.</summary>
    public KernelArgument Floats(int input) => FloatsOf(_context.Input(input));

    /// <summary>An input of int64 numbers for a kernel.</summary>
    public KernelArgument Int64s(int input)
    {
        KernelTensor tensor = _context.Input(input);
        return KernelArgument.Int64s((nint)tensor.Int64s, tensor.Length);
    }

    /// <summary>Makes an output of float32 numbers for a kernel.</summary>
    public KernelArgument OutputFloats(int index, params ReadOnlySpan<long> shape) =>
        FloatsOf(_context.Output(index, shape));

    /// <summary>Launches a kernel behind those before it.</summary>
    public void Launch(DeviceKernel kernel, GridSize grid, params ReadOnlySpan<KernelArgument> arguments) =>
        _launcher.Launch(kernel, grid, arguments);

    /// <summary>Memory for what kernels leave to later ones of this run.</summary>
    /// <param name="bytes">0 or more.</param>
    public DeviceScratch Scratch(long bytes) => new(_device, _context, Math.Max(bytes, 1));

    /// <summary>A tensor of float32 numbers for a kernel.</summary>
    public static KernelArgument FloatsOf(KernelTensor tensor) =>
        KernelArgument.Floats((nint)tensor.Floats, tensor.Length);

    /// <summary>The key of a step's dropout for a kernel, which reads it on the device: what a launch is given stays
    /// the same where a device plays it back.</summary>
    public KernelArgument DropoutKey(int input)
    {
        DropoutSite.RequireKey(_context.Input(input));
        return Int64s(input);
    }

    /// <summary>What a node drops, short of the key.</summary>
    public static DeviceMask MaskOf(DropoutSite site) => new(site.Salt0, site.Salt1, site.Threshold, site.Scale);

    /// <summary>A mask for a kernel.</summary>
    public static DeviceMask MaskOf(DropoutMask mask) => new(mask.Key0, mask.Key1, mask.Threshold, mask.Scale);
}
