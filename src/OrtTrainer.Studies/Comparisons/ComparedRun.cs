using OrtTrainer.Common;

namespace OrtTrainer.Studies.Comparisons;

/// <summary>One of two runs that are compared.</summary>
/// <param name="Folder">Its output folder, as given.</param>
/// <param name="Weights">Which weights it exported: <c>live</c> or <c>averaged</c>.</param>
/// <param name="Score">The score in the metric of the comparison; NaN where it is not defined.</param>
/// <param name="Values">All scores, and the mean <c>loss</c>, by name.</param>
internal sealed record ComparedRun(
    string Folder, string Weights, double Score, IReadOnlyDictionary<string, double> Values)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
