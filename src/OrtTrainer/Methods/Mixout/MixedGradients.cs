using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// Gradients under mixout: those at weights of which some are what they were before training. All batches of a step
/// share one mask, which follows from seed and step.
/// </summary>
/// <param name="inner">The gradients at given weights; disposed with this.</param>
/// <param name="mix">What is mixed; disposed with this.</param>
/// <param name="state">Holds the live weights.</param>
/// <param name="seed">The run's seed.</param>
internal sealed class MixedGradients(IGradientSource inner, WeightMix mix, TrainingState state, long seed)
    : IGradientSource
{
    private readonly ulong _stream = SeededRandom.For((ulong)seed, "mixout").NextUInt64();

    /// <inheritdoc/>
    public WeightBuffer Values => inner.Values;

    /// <inheritdoc/>
    public BlockMap Written => inner.Written;

    /// <inheritdoc/>
    public (LossParts Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        WeightBuffer parameters = state.Parameters;
        mix.Mix(parameters, SplitMix64.Mix(_stream + (ulong)step));
        try
        {
            return inner.Run(examples, indices, step);
        }
        finally
        {
            mix.Unmix(parameters, inner.Values);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        mix.Dispose();
    }
}
