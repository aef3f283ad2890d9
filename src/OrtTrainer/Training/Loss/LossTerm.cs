using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// A term of a training loss: its formula in the graph, and what it reads for every batch. A loss is the sum of its
/// terms; a training graph holds those of the method that runs, and no others.
/// </summary>
internal abstract class LossTerm
{
    private protected LossTerm()
    {
    }

    /// <summary>The part of the loss that it counts to in reports.</summary>
    internal abstract LossPart Part { get; }

    /// <summary>What it reads beside logits and labels: tables with a row per example, and coefficients.</summary>
    internal virtual IReadOnlyList<LossInput> Inputs => [];

    /// <summary>Whether it compares two passes over each example, for which each runs twice in a batch.</summary>
    internal virtual bool IsTwofold => false;

    /// <summary>What it is of ids, where that is the whole of it; null where it needs more of the logits. It reads its
    /// coefficients, and is then built no other way.</summary>
    internal virtual IdShares? SharesOfIds(LossGraph g) => null;

    /// <summary>One number per row, coefficients included, [R]; or [1], one for a batch, which counts for each of its
    /// rows.</summary>
    internal abstract Value Build(LossGraph g);
}
