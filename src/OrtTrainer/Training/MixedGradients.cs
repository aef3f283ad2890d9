using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Optimizers;

namespace OrtTrainer.Training;

/// <summary>
/// Gradients under mixout: those at weights of which some are what they were before training. All batches of a step
/// share one mask, which follows from seed and step.
/// </summary>
/// <param name="inner">The gradients at given weights; disposed with this.</param>
/// <param name="mix">What is mixed; disposed with this.</param>
/// <param name="parameters">The live weights.</param>
/// <param name="seed">The run's seed.</param>
public sealed class MixedGradients(IGradientSource inner, WeightMix mix, NativeBuffer parameters, long seed)
    : IGradientSource
{
    private readonly ulong _stream = SeededRandom.For((ulong)seed, "mixout").NextUInt64();

    /// <inheritdoc/>
    public Span<float> Values => inner.Values;

    /// <inheritdoc/>
    public (LossTerms Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        mix.Mix(parameters.Span, SplitMix64.Mix(_stream + (ulong)step));
        try
        {
            return inner.Run(examples, indices, step);
        }
        finally
        {
            mix.Unmix(parameters.Span, inner.Values);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        mix.Dispose();
    }
}
