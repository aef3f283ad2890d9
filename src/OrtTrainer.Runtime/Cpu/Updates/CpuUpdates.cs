using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>Updates as passes over memory on a fixed set of threads.</summary>
internal sealed class CpuUpdates(int threads, UpdateShare share) : WeightUpdates
{
    private readonly ChunkedLoop _loop = new(threads, share);

    public override Device Device => CpuDevice.Instance;

    public override UpdateShare Share => _loop.Share;

    public override GradientNorm CreateNorm(WeightLayout layout) => new CpuGradientNorm(layout, _loop);

    public override Optimizer CreateAdamW(WeightLayout layout, AdamWOptions options) =>
        new CpuAdamW(layout, options, _loop);

    public override Optimizer CreateSgd(WeightLayout layout, SgdOptions options) => new CpuSgd(layout, options, _loop);

    public override Optimizer CreateAdafactor(WeightLayout layout, AdafactorOptions options) =>
        new CpuAdafactor(layout, options, _loop);

    public override WeightAscent CreateAscent(WeightLayout layout, double rho, double? eta) =>
        new CpuWeightAscent(layout, rho, eta, _loop);

    public override WeightMix CreateMix(
        WeightLayout layout, WeightBuffer first, double probability, Predicate<WeightSegment> isMixed) =>
        new CpuWeightMix(layout, first, probability, isMixed, _loop);

    public override void Dispose() => _loop.Dispose();
}
