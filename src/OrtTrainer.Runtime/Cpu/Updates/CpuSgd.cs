using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Stochastic gradient descent over flat buffers, with or without momentum, one pass over memory per step.
/// </summary>
internal sealed class CpuSgd : Optimizer
{
    private readonly SgdOptions _options;
    private readonly WeightBuffer? _velocity;
    private readonly BlockMap _touched;
    private readonly FusedPass<SgdKernel> _pass;

    /// <summary>Allocates the velocity, zero, where there is momentum.</summary>
    /// <exception cref="ArgumentException">Nesterov without momentum.</exception>
    public CpuSgd(WeightLayout layout, SgdOptions options, ChunkedLoop loop)
        : base(layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Nesterov: true, Momentum: 0 })
        {
            throw new ArgumentException("Nesterov needs a Momentum above 0; found 0.", nameof(options));
        }

        _options = options;
        _velocity = options.Momentum > 0 ? new WeightBuffer(CpuDevice.Instance, layout.Length) : null;
        _touched = new BlockMap(layout);
        _pass = new FusedPass<SgdKernel>(layout, _touched, loop, _velocity, null);
        Buffers = _velocity is null ? [] : [new OptimizerState("momentum_buffer", _velocity)];
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
        Span<SgdKernel> kernels = _pass.Kernels;
        for (int i = 0; i < kernels.Length; i++)
        {
            (bool hasWeightDecay, double rateScale) = Layout.Groups[i];
            kernels[i] = new SgdKernel(_options, rate * rateScale, hasWeightDecay ? _options.WeightDecay : 0);
        }

        _pass.Run(inputs);
    }

    /// <inheritdoc/>
    protected override void OnStateReplaced()
    {
        _pass.Forget();
        _touched.Clear();
        if (_velocity is not null)
        {
            _touched.MarkNonZero(_velocity.Span);
        }
    }
}
