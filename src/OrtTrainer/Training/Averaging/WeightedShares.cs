using OrtTrainer.Common;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// The mean of weights that count differently, as those of devices by their numbers of examples: federated averaging
/// (McMahan et al. 2017, section 3).
/// </summary>
internal sealed record WeightedShares : AveragingRule
{
    private readonly double[] _weights;

    /// <param name="weights">What each of the weights counts, in the order in which they are taken in: 0 or more, and
    /// not all 0.</param>
    /// <exception cref="ArgumentException">One is negative or not finite, or all are 0.</exception>
    public WeightedShares(IReadOnlyList<double> weights)
    {
        _weights = [.. weights];
        if (weights.Any(weight => !(weight >= 0) || double.IsInfinity(weight)) || weights.All(weight => weight == 0))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Weights is {string.Join(",", weights)}; ") +
                "expected numbers of 0 or more, one of them above 0.", nameof(weights));
        }
    }

    /// <inheritdoc/>
    public override string Formula => "average += (weights - average) * share / (shares so far)";

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    /// <summary>As long as all counted 0, the last one stands for them: it is overwritten by the next that
    /// counts.</summary>
    protected override double Share(long count)
    {
        double sum = _weights.Take((int)count + 1).Sum();
        return sum == 0 ? 1 : _weights[count] / sum;
    }
}
