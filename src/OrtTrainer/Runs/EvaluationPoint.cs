using OrtTrainer.Common;

namespace OrtTrainer.Runs;

/// <summary>An evaluation during training: live and averaged weights side by side.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Live">Scores of the live weights by metric; the loss is called <c>loss</c>.</param>
/// <param name="Averaged">Scores of the averaged weights; null before averaging starts or without it.</param>
public sealed record EvaluationPoint(
    long Step, IReadOnlyDictionary<string, double> Live, IReadOnlyDictionary<string, double>? Averaged)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
