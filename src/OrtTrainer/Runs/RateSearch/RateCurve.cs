using OrtTrainer.Common;

namespace OrtTrainer.Runs.RateSearch;

/// <summary>The loss while the rate rises, and what it suggests.</summary>
/// <param name="Points">Step by step; up to the one that diverged, if one did.</param>
/// <param name="Divergence">The rate at which the smoothed loss was <see cref="Diverged"/> times the least, or no
/// longer a number; null where that did not come.</param>
internal sealed record RateCurve(IReadOnlyList<RatePoint> Points, double? Divergence)
{
    /// <summary>From this multiple of the least smoothed loss on, training counts as diverged.</summary>
    public const double Diverged = 2;

    /// <summary>How much of the running mean of losses stays from step to step.</summary>
    public const double Kept = 0.9;

    // The running mean of the first few steps is of hardly more than themselves.
    private const int Unsettled = 5;

    /// <summary>The rate at which the smoothed loss falls most steeply by the logarithm of the rate, over three steps;
    /// null where it never falls.</summary>
    public double? Steepest
    {
        get
        {
            (double slope, double? rate) = (0, null);
            for (int i = Unsettled; i + 1 < Points.Count; i++)
            {
                double change = (Points[i + 1].Smoothed - Points[i - 1].Smoothed)
                    / Math.Log(Points[i + 1].Rate / Points[i - 1].Rate);
                (slope, rate) = change < slope ? (change, Points[i].Rate) : (slope, rate);
            }

            return rate;
        }
    }

    /// <summary>A tenth of <see cref="Divergence"/>; null without.</summary>
    public double? TenthOfDivergence => Divergence / 10;

    /// <summary>The last smoothed loss as a multiple of the least one; NaN where there is none.</summary>
    public double Rise => Points.Count == 0 ? double.NaN : Points[^1].Smoothed / Points.Min(point => point.Smoothed);

    /// <summary>The curve of losses at rates.</summary>
    /// <param name="steps">Rate and loss, step by step.</param>
    public static RateCurve Of(IEnumerable<(double Rate, double Loss)> steps)
    {
        List<RatePoint> points = [];
        (double mean, double weight, double least) = (0, 0, double.PositiveInfinity);
        foreach ((double rate, double loss) in steps)
        {
            // The sum of weights corrects the mean of the first steps, as in Adam.
            mean = (Kept * mean) + ((1 - Kept) * loss);
            weight = (Kept * weight) + (1 - Kept);
            double smoothed = mean / weight;
            if (!double.IsFinite(smoothed) || (points.Count >= Unsettled && smoothed > Diverged * least))
            {
                return new RateCurve(points, rate);
            }

            points.Add(new RatePoint(rate, loss, smoothed));
            least = Math.Min(least, smoothed);
        }

        return new RateCurve(points, null);
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
