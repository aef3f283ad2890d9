using MathNet.Numerics.Distributions;
using OrtTrainer.Randomness;
using Probabilities = OrtTrainer.Studies.Statistics.Distributions;

namespace OrtTrainer.Studies.Tuning;

/// <summary>
/// A mixture of normal distributions cut off at the ends of a range: one round each trial, as wide as the gap to its
/// farther neighbor, and one round the middle, as wide as the range (Bergstra et al. 2011, section 4.2; widths as
/// hyperopt and Optuna bound them).
/// </summary>
internal sealed class RangeParzen : IParzenEstimate
{
    private readonly double[] _means;
    private readonly double[] _widths;
    private readonly double[] _weights;
    private readonly double _from, _to, _step;
    private readonly Func<double, double> _toValue, _toPlace;

    /// <param name="values">Of the trials, in their order.</param>
    /// <param name="from">Where the range begins on its scale.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="step">The distance of values; 0 where there are values between any two.</param>
    /// <param name="toPlace">The place of a value on the scale.</param>
    /// <param name="toValue">The value at a place.</param>
    public RangeParzen(
        IReadOnlyList<double> values, double from, double to, double step, Func<double, double> toPlace,
        Func<double, double> toValue)
    {
        (_from, _to, _step, _toPlace, _toValue) = (from, to, step, toPlace, toValue);
        _means = [.. values.Select(toPlace), (from + to) / 2];
        _widths = Widths(_means, from, to);
        _weights = ParzenWeights.Of(values.Count);
    }

    /// <inheritdoc/>
    public double Draw(SeededRandom random)
    {
        int kernel = DrawnPlace.Of(_weights, random);
        (double low, double high) = (Cdf(kernel, _from), Cdf(kernel, _to));
        double quantile = low + (random.NextDouble() * (high - low));
        double place = _means[kernel] + (_widths[kernel] * Normal.InvCDF(0, 1, Math.Clamp(quantile, 1e-15, 1 - 1e-15)));
        return _toValue(Math.Clamp(place, _from, _to));
    }

    /// <inheritdoc/>
    public double LogDensity(double value)
    {
        double place = _toPlace(value), density = 0;
        for (int kernel = 0; kernel < _means.Length; kernel++)
        {
            double mass = Cdf(kernel, _to) - Cdf(kernel, _from);
            double own = _step > 0
                ? Cdf(kernel, place + (_step / 2)) - Cdf(kernel, place - (_step / 2))
                : Normal.PDF(_means[kernel], _widths[kernel], place);
            density += _weights[kernel] * own / mass;
        }

        return Math.Log(density);
    }

    private double Cdf(int kernel, double place) =>
        Probabilities.NormalCdf((place - _means[kernel]) / _widths[kernel]);

    private static double[] Widths(double[] means, double from, double to)
    {
        int[] order = [.. Enumerable.Range(0, means.Length).OrderBy(kernel => means[kernel])];
        double[] ends = [from, .. order.Select(kernel => means[kernel]), to];
        double[] widths = new double[means.Length];
        for (int i = 0; i < order.Length; i++)
        {
            (double left, double right) = (ends[i + 1] - ends[i], ends[i + 2] - ends[i + 1]);
            bool alone = order.Length == 1;
            widths[order[i]] = alone ? to - from
                : i == 0 ? right
                : i == order.Length - 1 ? left
                : Math.Max(left, right);
        }

        double least = (to - from) / Math.Min(100.0, 1.0 + means.Length);
        widths = Array.ConvertAll(widths, width => Math.Clamp(width, least, to - from));
        // The prior comes last.
        widths[^1] = to - from;
        return widths;
    }
}
