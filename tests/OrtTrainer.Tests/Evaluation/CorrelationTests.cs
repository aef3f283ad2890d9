using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Evaluation;

public class CorrelationTests
{
    [Test]
    public void Kendalls_tau_equals_the_count_over_all_pairs([Values(2, 3, 17, 64)] int length)
    {
        var random = new Random(length);
        double[] Series() => [.. Enumerable.Range(0, length).Select(_ => (double)random.Next(length))];
        var (x, y) = (Series(), Series());
        var (sum, untiedX, untiedY) = (0.0, 0.0, 0.0);
        for (var i = 0; i < length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                sum += Math.Sign(x[i] - x[j]) * Math.Sign(y[i] - y[j]);
                untiedX += x[i] != x[j] ? 1 : 0;
                untiedY += y[i] != y[j] ? 1 : 0;
            }
        }

        Assert.That(Correlation.KendallTauB(x, y), Is.EqualTo(sum / Math.Sqrt(untiedX * untiedY)).Within(1e-12));
    }

    [Test]
    public void Equal_values_share_the_mean_of_their_ranks() =>
        Assert.That(Ranks.Of([3, 1, 3, 7, 3]), Is.EqualTo(new double[] { 3, 1, 3, 5, 3 }));

    [Test]
    public void Any_increasing_curve_has_rank_correlation_one()
    {
        double[] x = [-2, -1, 0, 0.5, 3];
        Assert.That(Correlation.Spearman(x, Array.ConvertAll(x, Math.Exp)), Is.EqualTo(1).Within(1e-15));
        Assert.That(Correlation.Spearman(x, Array.ConvertAll(x, v => -v)), Is.EqualTo(-1).Within(1e-15));
    }

    [Test]
    public void A_constant_series_has_no_correlation()
    {
        // Three times 0.1 has a mean that is not 0.1 in floating point.
        double[] constant = [0.1, 0.1, 0.1];
        Assert.That(Correlation.Pearson(constant, [1, 2, 3]), Is.NaN);
        Assert.That(Correlation.Spearman([1, 2, 3], constant), Is.NaN);
        Assert.That(Correlation.KendallTauB(constant, [1, 2, 3]), Is.NaN);
        Assert.That(Correlation.Pearson([], []), Is.NaN);
    }

    [Test]
    public void Series_of_different_lengths_are_refused() =>
        Assert.That(() => Correlation.Pearson([1, 2], [1]), Throws.ArgumentException);
}
