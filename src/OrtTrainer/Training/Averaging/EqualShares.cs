namespace OrtTrainer.Training.Averaging;

/// <summary>The plain mean of all weights seen: stochastic weight averaging (Izmailov et al. 2018).</summary>
internal sealed record EqualShares : AveragingRule
{
    /// <inheritdoc/>
    public override string Formula => "average += (weights - average) / (count + 1)";

    /// <inheritdoc/>
    protected override double Share(long count) => 1.0 / (count + 1);
}
