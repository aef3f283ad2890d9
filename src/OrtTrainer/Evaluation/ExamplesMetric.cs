namespace OrtTrainer.Evaluation;

/// <summary>A metric of one kind of evaluated examples.</summary>
/// <typeparam name="T">What it scores.</typeparam>
/// <param name="name">The name, in lower case with underscores.</param>
/// <param name="score">Scores the examples.</param>
internal sealed class ExamplesMetric<T>(string name, Func<T, double> score) : Metric(name)
    where T : EvaluatedExamples
{
    /// <inheritdoc/>
    public override double Score(EvaluatedExamples examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return examples is T own
            ? score(own)
            : throw new ArgumentException(
                $"{Name} scores {typeof(T).Name}; found {examples.GetType().Name}.", nameof(examples));
    }
}
