using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>A task of a study.</summary>
/// <param name="Name">Its name in the study file.</param>
/// <param name="Metrics">The metrics asked for; the first decides.</param>
/// <param name="HasTest">
/// Whether scores are those of test data; without any they are those of the evaluation data, which also chose the
/// weights that a run exports.
/// </param>
public sealed record StudyTask(string Name, IReadOnlyList<string> Metrics, bool HasTest)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
