using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>
/// Where the gradients of an optimizer step come from: the batch at the weights, or what a method makes of it.
/// </summary>
internal interface IGradientSource : IDisposable
{
    /// <summary>The gradients of the last step, in the layout of the weights; of the scaled loss, where the state has
    /// a scale.</summary>
    WeightBuffer Values { get; }

    /// <summary>The blocks of <see cref="Values"/> that may hold anything but zeros.</summary>
    BlockMap Written { get; }

    /// <summary>Finds the gradients of a step; the weights are afterwards what they were, to the bit.</summary>
    /// <param name="examples">The training examples.</param>
    /// <param name="indices">Which of them the step takes.</param>
    /// <param name="step">Optimizer steps done before; fixes dropout.</param>
    /// <returns>The parts of the mean loss at the weights, and the number of tokens.</returns>
    (LossParts Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step);
}
