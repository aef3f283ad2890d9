using System.Runtime.Intrinsics;
using OrtTrainer.Common;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Two passes over memory: the norm, summed in float64 by fixed chunks in a fixed order, so that the bits do not depend
/// on the number of threads, then the move.
/// </summary>
internal sealed unsafe class CpuWeightAscent : WeightAscent, IChunkWork
{
    private const double LeastNorm = 1e-12;

    private readonly WeightLayout _layout;
    private readonly ChunkedLoop _loop;
    private readonly double _rho;
    private readonly double? _eta;
    private readonly double[] _sums;
    private readonly WeightBuffer _before;
    private float* _weights;
    private float* _gradients;
    private float? _scale;

    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="rho">How far to move, above 0.</param>
    /// <param name="eta">Null for SAM; for ASAM what weights near zero count as, 0 or more.</param>
    /// <param name="loop">The threads; not disposed here.</param>
    public CpuWeightAscent(WeightLayout layout, double rho, double? eta, ChunkedLoop loop)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (_layout, _loop) = (layout, loop);
        _rho = OptionRange.Above(rho, 0, nameof(rho));
        _eta = eta is { } e ? OptionRange.AtLeast(e, 0.0, nameof(eta)) : null;
        _sums = new double[layout.Chunks];
        _before = new WeightBuffer(CpuDevice.Instance, layout.Length);
    }

    /// <inheritdoc/>
    public override void Climb(WeightBuffer weights, WeightBuffer gradients)
    {
        if (weights.Length != _layout.Length || gradients.Length != _layout.Length)
        {
            throw new ArgumentException($"There are {weights.Length} weights and {gradients.Length} gradients; the " +
                $"layout has {_layout.Length} elements.");
        }

        _weights = weights.Pointer;
        _gradients = gradients.Pointer;
        _scale = null;
        _loop.Run(this, _layout.Chunks);
        double squares = 0;
        foreach (double sum in _sums)
        {
            squares += sum;
        }

        _scale = (float)(_rho / (Math.Sqrt(squares) + LeastNorm));
        _loop.Run(this, _layout.Chunks);
    }

    /// <inheritdoc/>
    public override void Return(WeightBuffer weights) => weights.CopyFrom(_before);

    /// <inheritdoc/>
    public override void Dispose() => _before.Dispose();

    /// <inheritdoc/>
    void IChunkWork.Run(int chunk)
    {
        (int first, int end) = _layout.BlocksOf(chunk);
        nint start = (nint)first * WeightLayout.BlockLength;
        nint stop = (nint)end * WeightLayout.BlockLength;
        if (_scale is { } scale)
        {
            Move(start, stop, scale);
        }
        else
        {
            _sums[chunk] = SumOfSquares(start, stop);
        }
    }

    private double SumOfSquares(nint start, nint stop)
    {
        (Vector512<double> even, Vector512<double> odd) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (nint i = start; i < stop; i += Vector512<float>.Count)
        {
            Vector512<float> scaled = SizeOf(i) * Vector512.Load(_gradients + i);
            (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(scaled);
            even = Vector512.FusedMultiplyAdd(lower, lower, even);
            odd = Vector512.FusedMultiplyAdd(upper, upper, odd);
        }

        // Element by element: the order in which a horizontal sum adds is not promised to be the same everywhere.
        Vector512<double> lanes = even + odd;
        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
        {
            sum += lanes[lane];
        }

        return sum;
    }

    private void Move(nint start, nint stop, float scale)
    {
        float* before = _before.Pointer;
        for (nint i = start; i < stop; i += Vector512<float>.Count)
        {
            Vector512<float> weight = Vector512.Load(_weights + i);
            Vector512<float> size = SizeOf(i);
            Vector512<float> direction = size * (size * Vector512.Load(_gradients + i));
            weight.Store(before + i);
            Vector512.FusedMultiplyAdd(Vector512.Create(scale), direction, weight).Store(_weights + i);
        }
    }

    /// <summary>T.</summary>
    private Vector512<float> SizeOf(nint i) => _eta is { } eta
        ? Vector512.Abs(Vector512.Load(_weights + i)) + Vector512.Create((float)eta)
        : Vector512<float>.One;
}
