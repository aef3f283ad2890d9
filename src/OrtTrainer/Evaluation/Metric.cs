namespace OrtTrainer.Evaluation;

/// <summary>A metric of a task by the name users give it, with what it needs to choose between two models.</summary>
/// <param name="name">The name, in lower case with underscores.</param>
internal abstract class Metric(string name)
{
    /// <summary>The name, in lower case with underscores.</summary>
    public string Name { get; } = name;

    /// <summary>False for losses and errors.</summary>
    public bool HigherIsBetter { get; init; } = true;

    /// <summary>The only number of outputs it is defined for; null where any will do.</summary>
    public int? RequiredOutputs { get; init; }

    /// <summary>The score; NaN where it is not defined (a correlation with constant predictions, say).</summary>
    /// <exception cref="ArgumentException">Outputs of another task, or of another number than
    /// required.</exception>
    public abstract double Score(EvaluatedExamples examples);

    /// <summary>Whether it can score a model of so many outputs: some metrics need exactly two classes.</summary>
    public bool IsDefinedFor(int outputs) => RequiredOutputs is null || outputs == RequiredOutputs;

    /// <summary>Whether one score beats another; NaN never does, and anything beats NaN.</summary>
    public bool IsBetter(double candidate, double best) =>
        !double.IsNaN(candidate) && (double.IsNaN(best) || (HigherIsBetter ? candidate > best : candidate < best));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
