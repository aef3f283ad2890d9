using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Stochastic gradient descent with momentum as PyTorch defines it (the learning rate multiplies the velocity, not the
/// gradient inside it), Nesterov or not. State: the velocity; the second state is unused.
/// </summary>
internal readonly struct SgdKernel : IUpdateKernel
{
    private readonly Vector512<float> _momentum;
    private readonly Vector512<float> _weightDecay;
    private readonly Vector512<float> _negativeRate;
    private readonly bool _nesterov;

    public SgdKernel(SgdOptions options, double learningRate, double weightDecay)
    {
        _momentum = Vector512.Create((float)options.Momentum);
        _weightDecay = Vector512.Create((float)weightDecay);
        _negativeRate = Vector512.Create((float)-learningRate);
        _nesterov = options.Nesterov;
        ZeroStateStaysZero = weightDecay == 0;
    }

    public bool ZeroStateStaysZero { get; }

    public bool IdleKeepsWeight => ZeroStateStaysZero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Idle(Vector512<float> weight) => weight;

    // Left to itself the compiler calls this for every vector unless it has profiled the loop, at half the speed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(
        Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> first, ref Vector512<float> second)
    {
        gradient = Vector512.FusedMultiplyAdd(_weightDecay, weight, gradient);
        first = Vector512.FusedMultiplyAdd(_momentum, first, gradient);
        var direction = _nesterov ? Vector512.FusedMultiplyAdd(_momentum, first, gradient) : first;
        return Vector512.FusedMultiplyAdd(_negativeRate, direction, weight);
    }
}
