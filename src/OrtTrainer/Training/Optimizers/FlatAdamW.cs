using OrtTrainer.Models;
using OrtTrainer.Runtime;
namespace OrtTrainer.Training.Optimizers;

/// <summary>
/// AdamW over flat buffers: decoupled, bias-corrected, epsilon outside the root, weight decay by segment, one pass
/// over memory per step. Blocks that never had a gradient (rows of an embedding table whose token never came) cost
/// only their weight decay.
/// </summary>
public sealed class FlatAdamW : FlatOptimizer
{
    private readonly AdamWOptions _options;
    private readonly NativeBuffer _first;
    private readonly NativeBuffer _second;
    private readonly BlockMap _touched;
    private readonly FusedPass<AdamWKernel> _pass;

    /// <summary>Allocates the two moments, zero.</summary>
    public FlatAdamW(FlatParameters layout, AdamWOptions options, ChunkedLoop loop)
        : base(layout, loop)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _first = new NativeBuffer(layout.Length);
        _second = new NativeBuffer(layout.Length);
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
        _pass.Run(Loop, inputs, _first.Span, _second.Span, group => new AdamWKernel(
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
