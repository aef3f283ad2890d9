using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// The gradients at the worst weights nearby (SAM and ASAM): those of the step at the weights show the way uphill,
/// and those of the same examples with the same dropout there are the ones to step by. With several batches per step
/// the way is that of their sum.
/// </summary>
/// <param name="inner">The gradients at given weights; disposed with this.</param>
/// <param name="ascent">The way uphill; disposed with this.</param>
/// <param name="state">Holds the live weights, all of which are moved.</param>
internal sealed class SharpnessAwareGradients(IGradientSource inner, WeightAscent ascent, TrainingState state)
    : IGradientSource
{
    /// <inheritdoc/>
    public WeightBuffer Values => inner.Values;

    /// <inheritdoc/>
    public BlockMap Written => inner.Written;

    /// <inheritdoc/>
    public (LossParts Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        WeightBuffer parameters = state.Parameters;
        (LossParts loss, int tokens) = inner.Run(examples, indices, step);
        ascent.Climb(parameters, inner.Values);
        try
        {
            inner.Run(examples, indices, step);
        }
        finally
        {
            ascent.Return(parameters);
        }

        return (loss, tokens);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        ascent.Dispose();
    }
}
