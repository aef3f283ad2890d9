using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Common;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>Two passes over memory: the norm, then the move.</summary>
internal sealed class KernelAscent : WeightAscent
{
    private const double LeastNorm = 1e-12;

    private static readonly DeviceKernel Sum = new(SumOfSquares);
    private static readonly DeviceKernel Climbing = new(Move);

    private readonly KernelDevice _device;
    private readonly WeightLayout _layout;
    private readonly KernelSum _sum;
    private readonly double _rho;
    private readonly float _eta;
    private readonly WeightBuffer _before;

    /// <param name="device">Where the weights lie.</param>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="rho">How far to move, above 0.</param>
    /// <param name="eta">Null for SAM; for ASAM what weights near zero count as, 0 or more.</param>
    /// <param name="sum">Adds up; not disposed here.</param>
    public KernelAscent(KernelDevice device, WeightLayout layout, double rho, double? eta, KernelSum sum)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (_device, _layout, _sum) = (device, layout, sum);
        _rho = OptionRange.Above(rho, 0, nameof(rho));
        _eta = eta is { } e ? (float)OptionRange.AtLeast(e, 0.0, nameof(eta)) : -1;
        _before = new WeightBuffer(device, layout.Length);
    }

    /// <inheritdoc/>
    public override void Climb(WeightBuffer weights, WeightBuffer gradients)
    {
        if (weights.Length != _layout.Length || gradients.Length != _layout.Length)
        {
            throw new ArgumentException($"There are {weights.Length} weights and {gradients.Length} gradients; the " +
                $"layout has {_layout.Length} elements.");
        }

        double squares = _sum.Run(Sum, weights.Length, weights.View(), gradients.View(), _eta);
        _before.CopyFrom(weights);
        _device.Run(
            Climbing, weights.Length, weights.View(), gradients.View(), _eta,
            (float)(_rho / (Math.Sqrt(squares) + LeastNorm)));
    }

    /// <inheritdoc/>
    public override void Return(WeightBuffer weights) => weights.CopyFrom(_before);

    /// <inheritdoc/>
    public override void Dispose() => _before.Dispose();

    internal static void SumOfSquares(
        ArrayView<float> weights, ArrayView<float> gradients, float eta, ArrayView<double> sums)
    {
        double sum = 0;
        for (long i = Elements.First(); i < weights.Length; i += Elements.Stride())
        {
            double scaled = SizeOf(weights[i], eta) * gradients[i];
            sum += scaled * scaled;
        }

        Elements.AddUp(sum, sums);
    }

    internal static void Move(ArrayView<float> weights, ArrayView<float> gradients, float eta, float scale)
    {
        for (long i = Elements.First(); i < weights.Length; i += Elements.Stride())
        {
            float size = SizeOf(weights[i], eta);
            weights[i] += scale * (size * (size * gradients[i]));
        }
    }

    /// <summary>T: 1 without eta, which is below 0 then.</summary>
    private static float SizeOf(float weight, float eta) => eta < 0 ? 1 : XMath.Abs(weight) + eta;
}
