using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary><see cref="DropoutKernel"/> on a device, one thread to each element.</summary>
internal sealed class DeviceDropout(IOperatorDevice device, KernelAttributes attributes) : DeviceOperator(device)
{
    private static readonly DeviceKernel Masked = new(Multiply);

    private readonly DropoutSite _dropout = new(attributes);

    public static IReadOnlyList<DeviceKernel> Kernels => [Masked];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        [On(DropoutKernel.Definition, device, attributes => new DeviceDropout(device, attributes))];

    /// <summary>y = x · mask.</summary>
    public static void Multiply(ArrayView<float> x, ArrayView<float> y, ArrayView<long> key, DeviceMask site)
    {
        DeviceMask mask = site.At(key);
        long i = DeviceThread.Element;
        if (i < x.Length)
        {
            y[i] = x[i] * mask.Factor((uint)i);
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        KernelTensor x = run.Input(0);
        run.Launch(
            Masked, run.Group.GroupsOfThreads(x.Length), DeviceRun.FloatsOf(x), run.OutputFloats(0, x.Shape),
            run.DropoutKey(1), DeviceRun.MaskOf(_dropout));
    }
}
