using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// AdamW over flat buffers: decoupled, bias-corrected, epsilon outside the root, weight decay by segment, one pass
/// over memory per step. Blocks that never had a gradient (rows of an embedding table whose token never came) cost
/// only their weight decay, and that of sparse segments is put off.
/// </summary>
internal sealed class CpuAdamW : Optimizer
{
    private readonly AdamWOptions _options;
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
        _options = options;
        _first = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _second = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _touched = new BlockMap(layout);
        _pass = new FusedPass<AdamWKernel>(layout, _touched, loop, _first, _second);
        Buffers = [new OptimizerState("exp_avg", _first), new OptimizerState("exp_avg_sq", _second)];
    }

    /// <inheritdoc/>
    public override bool UpdatesShare => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<OptimizerState> Buffers { get; }

    /// <inheritdoc/>
    public override void BringUpToDate() => _pass.BringUpToDate();

    /// <inheritdoc/>
    public override void BringUpToDate(WeightSegment table, ReadOnlySpan<long> rows) =>
        _pass.BringUpToDate(table, rows);

    /// <inheritdoc/>
    protected override void Update(in StepInputs inputs, long step)
    {
        double rate = inputs.LearningRate;
        Span<AdamWKernel> kernels = _pass.Kernels;
        for (int i = 0; i < kernels.Length; i++)
        {
            (bool hasWeightDecay, double rateScale) = Layout.Groups[i];
            kernels[i] = new AdamWKernel(
                _options, rate * rateScale, hasWeightDecay ? _options.WeightDecay : 0, step);
        }

        _pass.Run(inputs);
    }

    /// <inheritdoc/>
    protected override void OnStateReplaced()
    {
        _pass.Forget();
        _touched.Clear();
        _touched.MarkNonZero(_first.Span);
        _touched.MarkNonZero(_second.Span);
    }
}
