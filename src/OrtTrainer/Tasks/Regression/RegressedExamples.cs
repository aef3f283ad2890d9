using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.Regression;

/// <summary>Predicted and true numbers of a regression task.</summary>
internal sealed class RegressedExamples : EvaluatedExamples, IScoredExamples
{
    private readonly double[] _predictions;
    private readonly double[] _targets;

    /// <summary>Keeps both arrays.</summary>
    /// <param name="predictions">[N].</param>
    /// <param name="targets">[N].</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public RegressedExamples(double[] predictions, double[] targets)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(targets);
        if (predictions.Length != targets.Length)
        {
            throw new ArgumentException($"There are {predictions.Length} predictions for {targets.Length} targets.");
        }

        (_predictions, _targets) = (predictions, targets);
    }

    /// <inheritdoc/>
    public override int Count => _targets.Length;

    /// <summary>The predictions, [N].</summary>
    public ReadOnlySpan<double> Predictions => _predictions;

    /// <summary>The true values, [N].</summary>
    public ReadOnlySpan<double> Targets => _targets;

    /// <inheritdoc/>
    public double[] ScoreRows() => [.. _predictions];

    /// <inheritdoc/>
    public EvaluatedExamples Join(IReadOnlyList<EvaluatedExamples> parts)
    {
        RegressedExamples[] all = [.. parts.Cast<RegressedExamples>()];
        return new RegressedExamples(
            [.. all.SelectMany(part => part._predictions)], [.. all.SelectMany(part => part._targets)]);
    }

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new RegressedExamples(SelectRows(_predictions, 1, indices), SelectRows(_targets, 1, indices));
}
