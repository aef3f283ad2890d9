using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Adafactor (Shazeer and Stern 2018) in PyTorch's form, without momentum: matrices keep one second moment per row and
/// per column, vectors one per element; steps are relative to a tensor's size and clipped by their root mean square.
/// Works tensor by tensor, because every step size depends on whole-tensor norms; tensors are the chunks of the thread
/// pool.
/// </summary>
/// <remarks>The state of all tensors lies in one buffer, <see cref="WeightLayout.Segments"/> order: for a matrix its
/// row moments then its column moments, for a vector its moments.</remarks>
internal sealed unsafe class CpuAdafactor : Optimizer, IChunkWork
{
    private readonly AdafactorOptions _options;
    private readonly ChunkedLoop _loop;
    private readonly AdafactorTensor[] _tensors;
    private readonly WeightBuffer _moments;
    private float* _weights;
    private float* _gradients;
    private float* _average;
    private double _scale;
    private double _rate;
    private double _averageWeight;
    private long _step;

    /// <summary>Allocates the moments, zero.</summary>
    public CpuAdafactor(WeightLayout layout, AdafactorOptions options, ChunkedLoop loop)
        : base(layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _loop) = (options, loop);
        var offset = 0;
        _tensors = new AdafactorTensor[layout.Segments.Count];
        for (var i = 0; i < _tensors.Length; i++)
        {
            _tensors[i] = new AdafactorTensor(layout.Segments[i], offset);
            offset += _tensors[i].MomentCount;
        }

        _moments = new WeightBuffer(CpuDevice.Instance, offset);
        Buffers = [new OptimizerState("variance", _moments)];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<OptimizerState> Buffers { get; }

    /// <inheritdoc/>
    void IChunkWork.Run(int chunk)
    {
        var tensor = _tensors[chunk];
        var segment = tensor.Segment;
        var weights = new Span<float>(_weights + segment.Offset, segment.Length);
        var gradients = new ReadOnlySpan<float>(_gradients + segment.Offset, segment.Length);
        tensor.Step(_options, weights, gradients, _moments.Span, (_rate * segment.RateScale, _scale, _step));
        if (_average != null)
        {
            var average = new Span<float>(_average + segment.Offset, segment.Length);
            for (var i = 0; i < weights.Length; i++)
            {
                average[i] = _averageWeight == 1
                    ? weights[i]
                    : MathF.FusedMultiplyAdd((float)_averageWeight, weights[i] - average[i], average[i]);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Update(in StepInputs inputs, long step)
    {
        (_rate, _scale, _step) = (inputs.LearningRate, inputs.GradientScale, step);
        _averageWeight = inputs.AverageWeight;
        _weights = inputs.Parameters.Pointer;
        _gradients = inputs.Gradients.Pointer;
        _average = inputs.Average is { } average ? average.Pointer : null;
        _loop.Run(this, _tensors.Length);
    }
}
