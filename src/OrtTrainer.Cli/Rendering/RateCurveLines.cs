using System.Globalization;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Runs.RateSearch;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A range test of rates in lines and as a picture.</summary>
internal static class RateCurveLines
{
    private const int Columns = 72;
    private const int Rows = 12;

    /// <summary>The smoothed loss over the rate, and what it suggests.</summary>
    public static IEnumerable<string> Of(RateCurve curve)
    {
        foreach (string line in Drawn(curve.Points))
        {
            yield return line;
        }

        yield return curve.Divergence is { } divergence
            ? $"diverged at {Figures.Short(divergence)}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the loss ended at {curve.Rise:0.00} times its least; {RateCurve.Diverged} times count as divergence")
                + ". A higher --to would tell more";
        if (curve.Steepest is { } steepest)
        {
            yield return $"steepest descent of the smoothed loss: --lr {Figures.Short(steepest)}";
            yield return "  a place to start from, often too high for a whole run; try a third and a tenth too: "
                + $"--lr {Figures.Short(steepest / 3)}, --lr {Figures.Short(steepest / 10)}";
        }
        else
        {
            yield return "the smoothed loss never falls: look at the data and the range of rates";
        }

        if (curve.TenthOfDivergence is { } tenth)
        {
            yield return $"a tenth of the rate of divergence: --lr {Figures.Short(tenth)}";
        }
    }

    /// <summary>The curve as a picture.</summary>
    public static LinePlot Plot(RateCurve curve) => new()
    {
        Title = "Loss while the learning rate rises",
        Description = "The loss of each step and its running mean, over the logarithm of the learning rate.",
        XLabel = "logarithm of the rate to base 10",
        YLabel = "loss",
        Series =
        [
            new LineSeries("smoothed", [.. curve.Points.Select(p => new LinePoint(Math.Log10(p.Rate), p.Smoothed))]),
            new LineSeries("loss", [.. curve.Points.Select(p => new LinePoint(Math.Log10(p.Rate), p.Loss))])
            {
                Muted = true,
            },
        ],
    };

    private static IEnumerable<string> Drawn(IReadOnlyList<RatePoint> points)
    {
        if (points.Count < 2)
        {
            yield break;
        }

        (double low, double high) = (points.Min(p => p.Smoothed), points.Max(p => p.Smoothed));
        double span = high > low ? high - low : 1;
        char[][] cells = [.. Enumerable.Range(0, Rows).Select(_ => new string(' ', Columns).ToCharArray())];
        for (int i = 0; i < points.Count; i++)
        {
            int row = (int)Math.Round((high - points[i].Smoothed) / span * (Rows - 1));
            cells[row][i * (Columns - 1) / (points.Count - 1)] = '*';
        }

        for (int row = 0; row < Rows; row++)
        {
            double value = high - (span * row / (Rows - 1));
            yield return $"{value.ToString("0.0000", CultureInfo.InvariantCulture),10} |{new string(cells[row])}"
                .TrimEnd();
        }

        string first = Figures.Short(points[0].Rate);
        yield return $"{"",10} +{new string('-', Columns)}";
        yield return $"{"rate",10}  {first}{Figures.Short(points[^1].Rate).PadLeft(Columns - first.Length)}";
    }
}
