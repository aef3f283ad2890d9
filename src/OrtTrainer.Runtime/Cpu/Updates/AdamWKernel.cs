using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) with weight decay decoupled (Loshchilov and Hutter 2019, algorithm 2) or
/// added to the gradient. State: first and second moment.
/// </summary>
internal readonly struct AdamWKernel : IUpdateKernel
{
    private readonly Vector512<float> _gradientDecay;
    private readonly Vector512<float> _weightDecay;
    private readonly Vector512<float> _oneMinusBeta1;
    private readonly Vector512<float> _beta2;
    private readonly Vector512<float> _oneMinusBeta2;
    private readonly Vector512<float> _inverseCorrection;
    private readonly Vector512<float> _epsilon;
    private readonly Vector512<float> _stepSize;

    /// <summary>Coefficients of step <paramref name="step"/>, counted from 1, computed in float64.</summary>
    public AdamWKernel(AdamWOptions options, double learningRate, double weightDecay, long step)
    {
        var decoupled = options.DecoupledDecay ? learningRate * weightDecay : 0;
        var coupled = options.DecoupledDecay ? 0 : weightDecay;
        _gradientDecay = Vector512.Create((float)coupled);
        _weightDecay = Vector512.Create((float)decoupled);
        _oneMinusBeta1 = Vector512.Create((float)(1 - options.Beta1));
        _beta2 = Vector512.Create((float)options.Beta2);
        _oneMinusBeta2 = Vector512.Create((float)(1 - options.Beta2));
        _inverseCorrection = Vector512.Create((float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step))));
        _epsilon = Vector512.Create((float)options.Epsilon);
        _stepSize = Vector512.Create((float)(learningRate / (1 - Math.Pow(options.Beta1, step))));
        ZeroStateStaysZero = coupled == 0;
        IdleKeepsWeight = weightDecay == 0;
    }

    public bool ZeroStateStaysZero { get; }

    public bool IdleKeepsWeight { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Idle(Vector512<float> weight) =>
        weight - Vector512.FusedMultiplyAdd(_weightDecay, weight, Vector512<float>.Zero);

    // Left to itself the compiler calls this for every vector unless it has profiled the loop, at half the speed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(
        Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> first, ref Vector512<float> second)
    {
        gradient = Vector512.FusedMultiplyAdd(_gradientDecay, weight, gradient);
        first = Vector512.FusedMultiplyAdd(_oneMinusBeta1, gradient - first, first);
        second = Vector512.FusedMultiplyAdd(_beta2, second, _oneMinusBeta2 * gradient * gradient);
        var denominator = Vector512.FusedMultiplyAdd(Vector512.Sqrt(second), _inverseCorrection, _epsilon);
        // Decay and step are added first and taken off the weight together: the factor 1 - lr decay of the textbook
        // form keeps only a few bits of lr decay (5e-7, say) in float32.
        return weight - Vector512.FusedMultiplyAdd(_weightDecay, weight, _stepSize * first / denominator);
    }
}
