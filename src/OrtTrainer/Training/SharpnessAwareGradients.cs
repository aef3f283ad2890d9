using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Optimizers;

namespace OrtTrainer.Training;

/// <summary>
/// The gradients at the worst weights nearby (SAM and ASAM): those of the step at the weights show the way uphill,
/// and those of the same examples with the same dropout there are the ones to step by. With several batches per step
/// the way is that of their sum.
/// </summary>
/// <param name="inner">The gradients at given weights; disposed with this.</param>
/// <param name="ascent">The way uphill; disposed with this.</param>
/// <param name="parameters">The live weights.</param>
public sealed class SharpnessAwareGradients(IGradientSource inner, WeightAscent ascent, NativeBuffer parameters)
    : IGradientSource
{
    /// <inheritdoc/>
    public Span<float> Values => inner.Values;

    /// <inheritdoc/>
    public (LossTerms Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        (LossTerms loss, int tokens) = inner.Run(examples, indices, step);
        ascent.Climb(parameters.Span, inner.Values);
        try
        {
            inner.Run(examples, indices, step);
        }
        finally
        {
            ascent.Return(parameters.Span);
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
