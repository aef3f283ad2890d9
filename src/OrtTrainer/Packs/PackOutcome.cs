namespace OrtTrainer.Packs;

/// <summary>What a pack's training came to.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Of">Steps that were planned.</param>
/// <param name="Averaged">Steps whose weights are in the average; 0 where the last weights are kept.</param>
/// <param name="ResumedAt">The step of the checkpoint that it went on from; 0 for none.</param>
/// <param name="Stopped">The limit that ended it; null where it is complete.</param>
internal sealed record PackOutcome(long Steps, long Of, long Averaged, long ResumedAt, string? Stopped)
{
    /// <summary>The share of test texts that the last weights get right; null without any.</summary>
    public double? Accuracy { get; init; }

    /// <summary>That of the averaged weights; null without any.</summary>
    public double? AveragedAccuracy { get; init; }
}
