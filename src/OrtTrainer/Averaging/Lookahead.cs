using OrtTrainer.Runtime;
using OrtTrainer.Optimization;

namespace OrtTrainer.Averaging;

/// <summary>
/// Lookahead (Zhang et al. 2019, algorithm 1): every few steps the slow weights move part of the way to the live ones,
/// and the live ones go on from there.
/// </summary>
public sealed class Lookahead : IDisposable
{
    private readonly NativeBuffer _slow;
    private readonly float _share;
    private readonly long _period;

    /// <summary>Starts the slow weights at the live ones.</summary>
    /// <param name="weights">The live weights at the start of the run.</param>
    /// <param name="period">Steps between two synchronisations (k in the paper), 1 or more.</param>
    /// <param name="share">How far the slow weights move (alpha in the paper), in (0, 1].</param>
    public Lookahead(ReadOnlySpan<float> weights, long period = 5, double share = 0.5)
    {
        _period = OptionRange.AtLeast(period, 1, nameof(period));
        _share = (float)OptionRange.Above(OptionRange.Between(share, 0, 1, nameof(share)), 0, nameof(share));
        _slow = new NativeBuffer(weights.Length);
        weights.CopyTo(_slow.Span);
    }

    /// <summary>The slow weights: all there is to save beside the step.</summary>
    public Span<float> Slow => _slow.Span;

    /// <summary>Synchronises where it is due.</summary>
    /// <param name="weights">The live weights; replaced by the slow ones where due.</param>
    /// <param name="step">Optimizer steps done, this one included.</param>
    /// <returns>Whether it was due.</returns>
    public bool Synchronise(Span<float> weights, long step)
    {
        if (step % _period != 0)
        {
            return false;
        }

        WeightBlend.Towards(weights, Slow, _share);
        Slow.CopyTo(weights);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _slow.Dispose();
}
