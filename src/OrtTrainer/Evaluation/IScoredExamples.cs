namespace OrtTrainer.Evaluation;

/// <summary>Examples whose scores are kept one by one, so that parts that different models answered for can be put
/// together.</summary>
internal interface IScoredExamples
{
    /// <summary>What the model says of each example, [N, K]: probabilities of classes or labels, or the number
    /// predicted.</summary>
    double[] ScoreRows();

    /// <summary>All examples of several parts, in the order of the parts.</summary>
    /// <param name="parts">One or more, of this kind.</param>
    EvaluatedExamples Join(IReadOnlyList<EvaluatedExamples> parts);
}
