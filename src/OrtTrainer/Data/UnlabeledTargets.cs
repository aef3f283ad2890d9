namespace OrtTrainer.Data;

/// <summary>
/// Examples that say nothing themselves of what they are trained towards: it is drawn from them for every step.
/// </summary>
/// <param name="count">Examples, N.</param>
/// <param name="outputs">Values in a row of the head's output, K.</param>
internal sealed class UnlabeledTargets(int count, int outputs) : TaskTargets
{
    /// <inheritdoc/>
    public override int Count => count;

    /// <inheritdoc/>
    public override int Outputs => outputs;

    /// <summary>There are no rows.</summary>
    public override int FirstRow(int example) => 0;

    /// <inheritdoc/>
    public override void Write(int row, Span<float> values) =>
        throw new InvalidOperationException("There are no targets before they are drawn.");

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) => new UnlabeledTargets(examples.Count, outputs);

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels) => new(0, []);
}
