using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Stochastic gradient descent over flat buffers, with or without momentum, one pass over memory per step.
/// </summary>
internal sealed class CpuSgd : Optimizer
{
    private readonly SgdOptions _options;
    private readonly ChunkedLoop _loop;
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

        (_options, _loop) = (options, loop);
        _velocity = options.Momentum > 0 ? new WeightBuffer(CpuDevice.Instance, layout.Length) : null;
        _touched = new BlockMap(layout);
        _pass = new FusedPass<SgdKernel>(layout, _touched);
        States = _velocity is null ? [] : [new OptimizerState("momentum_buffer", _velocity)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerState> States { get; }

    /// <inheritdoc/>
    protected override void Update(in StepInputs inputs, long step)
    {
        double rate = inputs.LearningRate;
        _pass.Run(_loop, inputs, _velocity, null, group => new SgdKernel(
            _options, rate * group.RateScale, group.HasWeightDecay ? _options.WeightDecay : 0));
    }

    /// <inheritdoc/>
    protected override void OnStateReplaced()
    {
        _touched.Clear();
        if (_velocity is not null)
        {
            _touched.MarkNonZero(_velocity.Span);
        }
    }
}
