using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// What a term of a loss reads beside logits and labels. It is filled for a batch and then given to the graph; its
/// arrays are kept and only grow, so one batch at a time uses it.
/// </summary>
internal abstract class LossInput
{
    private protected LossInput()
    {
    }

    /// <summary>The name of the graph's input; null for several.</summary>
    internal virtual string? GraphInput => null;

    /// <summary>Takes the values for a batch.</summary>
    internal abstract void Fill(BatchRows rows);

    /// <summary>Gives them to a session whose graph was built with this input.</summary>
    internal abstract void Bind(Binding binding);
}
