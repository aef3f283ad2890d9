using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>A setting that was chosen for a cell on its validation data, by runs with seeds of their own.</summary>
/// <param name="Model">The cell's model.</param>
/// <param name="Initialization">The cell's initialization.</param>
/// <param name="Task">The cell's task.</param>
/// <param name="Method">The cell's method.</param>
/// <param name="Setting">The option's name as in options.json, such as <c>learning_rate</c>.</param>
/// <param name="Chosen">The value taken, as JSON.</param>
/// <param name="Scores">The mean validation score of every value tried, by its JSON, in the order tried.</param>
public sealed record StudyChoice(
    string Model, string Initialization, string Task, string Method, string Setting, string Chosen,
    IReadOnlyList<KeyValuePair<string, double>> Scores)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
