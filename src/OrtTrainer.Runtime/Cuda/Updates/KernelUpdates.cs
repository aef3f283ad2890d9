using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>Updates as kernels over whole buffers, or over the part of this process, one after the other.</summary>
internal sealed class KernelUpdates(KernelDevice device, UpdateShare share) : WeightUpdates
{
    private readonly KernelSum _sum = new(device);

    public override Device Device => device;

    public override UpdateShare Share => share;

    public override GradientNorm CreateNorm(WeightLayout layout) => new KernelGradientNorm(device, layout, share);

    public override Optimizer CreateAdamW(WeightLayout layout, AdamWOptions options) =>
        new KernelAdamW(device, layout, options, share);

    public override Optimizer CreateSgd(WeightLayout layout, SgdOptions options) =>
        new KernelSgd(device, layout, options, share);

    /// <inheritdoc/>
    /// <exception cref="DeviceException">Always: it is not built.</exception>
    public override Optimizer CreateAdafactor(WeightLayout layout, AdafactorOptions options) =>
        throw new DeviceException(
            device.Name, "the optimizer adafactor is built for the processors alone. Take adamw or sgd, or leave "
            + "--device out.");

    public override WeightAscent CreateAscent(WeightLayout layout, double rho, double? eta) =>
        new KernelAscent(device, layout, rho, eta, _sum);

    public override WeightMix CreateMix(
        WeightLayout layout, WeightBuffer first, double probability, Predicate<WeightSegment> isMixed) =>
        new KernelMix(device, layout, first, probability, isMixed);

    public override void Dispose() => _sum.Dispose();
}
