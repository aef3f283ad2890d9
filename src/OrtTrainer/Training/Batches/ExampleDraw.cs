namespace OrtTrainer.Training.Batches;

/// <summary>
/// Makes of the examples of a step what it learns from, anew for every step, as masked tokens are drawn. It depends on
/// nothing but the examples and the step, so that a resumed run goes on bit for bit.
/// </summary>
internal abstract class ExampleDraw
{
    /// <summary>The share of an example's tokens that outputs are drawn for, about.</summary>
    public virtual double OutputShare => 1;

    /// <summary>The drawn examples with their targets, in the order of <paramref name="indices"/>; or, without targets,
    /// examples that stay where they are in the data and keep theirs.</summary>
    /// <param name="examples">The training examples.</param>
    /// <param name="targets">What these are trained towards.</param>
    /// <param name="indices">Which of them the step takes.</param>
    /// <param name="step">The optimizer step, counted from 0.</param>
    public abstract (IReadOnlyList<TokenizedExample> Examples, ExampleTargets? Targets) Draw(
        IReadOnlyList<TokenizedExample> examples, ExampleTargets targets, ReadOnlySpan<int> indices, long step);
}
