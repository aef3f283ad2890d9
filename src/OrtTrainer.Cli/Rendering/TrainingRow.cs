using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A row of the table of a run: where it is, and what it scores there.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Losses">The mean losses since the row before; null where there were no steps.</param>
/// <param name="Last">The latest step; null before the first.</param>
internal sealed record TrainingRow(long Step, MeanLosses? Losses, RunEvent.Stepped? Last)
{
    /// <summary>The score of the live weights; null for none.</summary>
    public double? Live { get; init; }

    /// <summary>Whether no live weights scored better before.</summary>
    public bool IsBestLive { get; init; }

    /// <summary>The score of the averaged weights; null for none.</summary>
    public double? Averaged { get; init; }

    /// <summary>Whether no averaged weights scored better before.</summary>
    public bool IsBestAveraged { get; init; }

    /// <summary>The loss of the live weights on the evaluation data; null for none.</summary>
    public double? EvalLoss { get; init; }
}
