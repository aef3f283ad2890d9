using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>
/// AdamW as <see cref="Cpu.Updates.AdamWKernel"/> has it, with clipping and average in one pass over memory. All blocks
/// are read at every step: a device is faster at that than at finding out which may be left out.
/// </summary>
internal sealed class KernelAdamW : Optimizer
{
    /// <summary>Numbers of a group, those of <see cref="Fill"/>.</summary>
    private const int Width = 8;

    private static readonly DeviceKernel Kernel = new(Apply);

    private readonly KernelDevice _device;
    private readonly AdamWOptions _options;
    private readonly WeightBuffer _first;
    private readonly WeightBuffer _second;
    private readonly BlockCoefficients _coefficients;
    private readonly RankPart _part;

    /// <summary>Allocates the two moments, zero.</summary>
    public KernelAdamW(KernelDevice device, WeightLayout layout, AdamWOptions options, UpdateShare share)
        : base(layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_device, _options, _part) = (device, options, share.OwnPart(layout));
        _first = new WeightBuffer(device, layout.Length);
        _second = new WeightBuffer(device, layout.Length);
        _coefficients = new BlockCoefficients(device, layout, Width);
        Buffers = [new OptimizerState("exp_avg", _first), new OptimizerState("exp_avg_sq", _second)];
    }

    /// <inheritdoc/>
    public override bool UpdatesShare => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<OptimizerState> Buffers { get; }

    /// <inheritdoc/>
    protected override void Update(in StepInputs inputs, long step)
    {
        double rate = inputs.LearningRate;
        _coefficients.Set((group, row) => Fill(row, _options, rate * group.RateScale, group.HasWeightDecay, step));
        _device.Run(
            Kernel, _part.Length, inputs.Parameters.View(_part), inputs.Gradients.View(_part), _first.View(_part),
            _second.View(_part), inputs.Average.ViewOrEmpty(_part), _coefficients.GroupsOf(_part), _coefficients.Rows,
            (float)inputs.GradientScale, (float)inputs.AverageWeight);
    }

    /// <inheritdoc/>
    protected override void DisposeOwn() => _coefficients.Dispose();

    // Computed in float64, as on the processors.
    private static void Fill(Span<float> row, AdamWOptions options, double rate, bool decays, long step)
    {
        double decay = decays ? options.WeightDecay : 0;
        row[0] = (float)(options.DecoupledDecay ? 0 : decay);
        row[1] = (float)(options.DecoupledDecay ? rate * decay : 0);
        row[2] = (float)(1 - options.Beta1);
        row[3] = (float)options.Beta2;
        row[4] = (float)(1 - options.Beta2);
        row[5] = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)));
        row[6] = (float)options.Epsilon;
        row[7] = (float)(rate / (1 - Math.Pow(options.Beta1, step)));
    }

    internal static void Apply(
        ArrayView<float> weights, ArrayView<float> gradients, ArrayView<float> firsts, ArrayView<float> seconds,
        ArrayView<float> average, ArrayView<int> groups, ArrayView<float> rows, float scale, float share)
    {
        for (long i = Elements.First(); i < weights.Length; i += Elements.Stride())
        {
            long row = (long)groups[i / WeightLayout.BlockLength] * Width;
            float weight = weights[i];
            float gradient = (gradients[i] * scale) + (rows[row] * weight);
            float first = firsts[i];
            first += rows[row + 2] * (gradient - first);
            float second = (rows[row + 3] * seconds[i]) + (rows[row + 4] * gradient * gradient);
            float denominator = (XMath.Sqrt(second) * rows[row + 5]) + rows[row + 6];
            weight -= (rows[row + 1] * weight) + (rows[row + 7] * first / denominator);
            weights[i] = weight;
            firsts[i] = first;
            seconds[i] = second;
            if (average.Length > 0)
            {
                average[i] = KernelAverage.Blend(average[i], weight, share);
            }
        }
    }
}
