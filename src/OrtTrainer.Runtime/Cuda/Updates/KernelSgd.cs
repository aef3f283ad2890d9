using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>Stochastic gradient descent as <see cref="Cpu.Updates.SgdKernel"/> has it, with clipping and average in one
/// pass over memory.</summary>
internal sealed class KernelSgd : Optimizer
{
    /// <summary>Numbers of a group: momentum, weight decay, the rate.</summary>
    private const int Width = 3;

    private static readonly DeviceKernel Kernel = new(Apply);

    private readonly KernelDevice _device;
    private readonly SgdOptions _options;
    private readonly WeightBuffer? _velocity;
    private readonly BlockCoefficients _coefficients;
    private readonly RankPart _part;

    /// <summary>Allocates the velocity, zero, where there is momentum.</summary>
    /// <exception cref="ArgumentException">Nesterov without momentum.</exception>
    public KernelSgd(KernelDevice device, WeightLayout layout, SgdOptions options, UpdateShare share)
        : base(layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Nesterov: true, Momentum: 0 })
        {
            throw new ArgumentException("Nesterov needs a Momentum above 0; found 0.", nameof(options));
        }

        (_device, _options, _part) = (device, options, share.OwnPart(layout));
        _velocity = options.Momentum > 0 ? new WeightBuffer(device, layout.Length) : null;
        _coefficients = new BlockCoefficients(device, layout, Width);
        Buffers = _velocity is null ? [] : [new OptimizerState("momentum_buffer", _velocity)];
    }

    /// <inheritdoc/>
    public override bool UpdatesShare => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<OptimizerState> Buffers { get; }

    /// <inheritdoc/>
    protected override void Update(in StepInputs inputs, long step)
    {
        double rate = inputs.LearningRate;
        _coefficients.Set((group, row) =>
        {
            row[0] = (float)_options.Momentum;
            row[1] = (float)(group.HasWeightDecay ? _options.WeightDecay : 0);
            row[2] = (float)(rate * group.RateScale);
        });
        _device.Run(
            Kernel, _part.Length, inputs.Parameters.View(_part), inputs.Gradients.View(_part),
            _velocity.ViewOrEmpty(_part), inputs.Average.ViewOrEmpty(_part), _coefficients.GroupsOf(_part),
            _coefficients.Rows, (float)inputs.GradientScale, (float)inputs.AverageWeight, _options.Nesterov ? 1 : 0);
    }

    /// <inheritdoc/>
    protected override void DisposeOwn() => _coefficients.Dispose();

    internal static void Apply(
        ArrayView<float> weights, ArrayView<float> gradients, ArrayView<float> velocities, ArrayView<float> average,
        ArrayView<int> groups, ArrayView<float> rows, float scale, float share, int nesterov)
    {
        for (long i = Elements.First(); i < weights.Length; i += Elements.Stride())
        {
            long row = (long)groups[i / WeightLayout.BlockLength] * Width;
            float weight = weights[i];
            float gradient = (gradients[i] * scale) + (rows[row + 1] * weight);
            float direction = gradient;
            if (velocities.Length > 0)
            {
                float velocity = (rows[row] * velocities[i]) + gradient;
                velocities[i] = velocity;
                direction = nesterov != 0 ? (rows[row] * velocity) + gradient : velocity;
            }

            weight -= rows[row + 2] * direction;
            weights[i] = weight;
            if (average.Length > 0)
            {
                average[i] = KernelAverage.Blend(average[i], weight, share);
            }
        }
    }
}
