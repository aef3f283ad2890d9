using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// AdamW over flat buffers: decoupled, bias-corrected, epsilon outside the root, weight decay by segment, one pass
/// over memory per step. Blocks that never had a gradient (rows of an embedding table whose token never came) cost
/// only their weight decay.
/// </summary>
internal sealed class CpuAdamW : Optimizer
{
    private readonly AdamWOptions _options;
    private readonly ChunkedLoop _loop;
    private readonly WeightBuffer _first;
    private readonly WeightBuffer _second;
    private readonly BlockMap _touched;
    private readonly FusedPass<AdamWKernel> _pass;

    /// <summary>Allocates the two moments, zero.</summary>
    public CpuAdamW(WeightLayout layout, AdamWOptions options, ChunkedLoop loop)
        : base(layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loop);
        (_options, _loop) = (options, loop);
        _first = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _second = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _touched = new BlockMap(layout);
        _pass = new FusedPass<AdamWKernel>(layout, _touched);
        States = [new OptimizerState("exp_avg", _first), new OptimizerState("exp_avg_sq", _second)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerState> States { get; }

    /// <inheritdoc/>
    protected override void Update(in StepInputs inputs, long step)
    {
        double rate = inputs.LearningRate;
        _pass.Run(_loop, inputs, _first, _second, group => new AdamWKernel(
            _options, rate * group.RateScale, group.HasWeightDecay ? _options.WeightDecay : 0, step));
    }

    /// <inheritdoc/>
    protected override void OnStateReplaced()
    {
        _touched.Clear();
        _touched.MarkNonZero(_first.Span);
        _touched.MarkNonZero(_second.Span);
    }
}
