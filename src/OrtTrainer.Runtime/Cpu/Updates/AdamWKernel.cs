using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) with weight decay decoupled (Loshchilov and Hutter 2019, algorithm 2) or
/// added to the gradient. State: first and second moment. Coefficients are single numbers, spread over a vector where
/// they are used: those of many missed steps then stay in the nearest cache.
/// </summary>
internal readonly struct AdamWKernel : IUpdateKernel
{
    private readonly float _gradientDecay;
    private readonly float _weightDecay;
    private readonly float _oneMinusBeta1;
    private readonly float _beta2;
    private readonly float _oneMinusBeta2;
    private readonly float _inverseCorrection;
    private readonly float _epsilon;
    private readonly float _stepSize;

    /// <summary>Coefficients of step <paramref name="step"/>, counted from 1, computed in float64.</summary>
    public AdamWKernel(AdamWOptions options, double learningRate, double weightDecay, long step)
    {
        var decoupled = options.DecoupledDecay ? learningRate * weightDecay : 0;
        var coupled = options.DecoupledDecay ? 0 : weightDecay;
        _gradientDecay = (float)coupled;
        _weightDecay = (float)decoupled;
        _oneMinusBeta1 = (float)(1 - options.Beta1);
        _beta2 = (float)options.Beta2;
        _oneMinusBeta2 = (float)(1 - options.Beta2);
        _inverseCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)));
        _epsilon = (float)options.Epsilon;
        _stepSize = (float)(learningRate / (1 - Math.Pow(options.Beta1, step)));
        ZeroStateStaysZero = coupled == 0;
        IdleKeepsWeight = weightDecay == 0;
    }

    public bool ZeroStateStaysZero { get; }

    public bool IdleKeepsWeight { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Idle(Vector512<float> weight) =>
        weight - Vector512.FusedMultiplyAdd(Vector512.Create(_weightDecay), weight, Vector512<float>.Zero);

    // Left to itself the compiler calls this for every vector unless it has profiled the loop, at half the speed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(
        Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> first, ref Vector512<float> second)
    {
        gradient = Vector512.FusedMultiplyAdd(Vector512.Create(_gradientDecay), weight, gradient);
        first = Vector512.FusedMultiplyAdd(Vector512.Create(_oneMinusBeta1), gradient - first, first);
        second = Vector512.FusedMultiplyAdd(
            Vector512.Create(_beta2), second, Vector512.Create(_oneMinusBeta2) * gradient * gradient);
        var denominator = Vector512.FusedMultiplyAdd(
            Vector512.Sqrt(second), Vector512.Create(_inverseCorrection), Vector512.Create(_epsilon));
        // Decay and step are added first and taken off the weight together: the factor 1 - lr decay of the textbook
        // form keeps only a few bits of lr decay (5e-7, say) in float32.
        return weight - Vector512.FusedMultiplyAdd(
            Vector512.Create(_weightDecay), weight, Vector512.Create(_stepSize) * first / denominator);
    }
}
