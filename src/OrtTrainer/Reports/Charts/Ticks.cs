using System.Globalization;

namespace OrtTrainer.Reports.Charts;

/// <summary>
/// Round values along an axis: multiples of 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for graph labels",
/// Graphics Gems, 1990), with labels of just the decimals they need.
/// </summary>
internal sealed class Ticks
{
    private Ticks(IReadOnlyList<double> values, IReadOnlyList<string> labels)
    {
        (Values, Labels) = (values, labels);
    }

    /// <summary>Ascending, all within the range.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>One for each value; all differ.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>As many ticks as fit, at most <paramref name="atMost"/>, which is 2 or more.</summary>
    public static Ticks Within(AxisRange range, int atMost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atMost, 2);
        double rough = (range.High - range.Low) / atMost;
        int exponent = (int)Math.Floor(Math.Log10(rough));
        foreach (double factor in (ReadOnlySpan<double>)[1, 2, 5, 10, 20])
        {
            double step = factor * Math.Pow(10, exponent);
            // A bound that is itself a multiple of the step is a tick, whatever the rounding of the division.
            double first = Math.Ceiling((range.Low / step) - 1e-9);
            double last = Math.Floor((range.High / step) + 1e-9);
            if (last - first + 1 <= atMost)
            {
                return At(first, last, step);
            }
        }

        throw new ArgumentOutOfRangeException(
            nameof(range), range, "The range is too narrow for its distance from zero to be divided.");
    }

    private static Ticks At(double first, double last, double step)
    {
        List<double> values = [];
        for (double i = first; i <= last; i++)
        {
            values.Add(i * step);
        }

        string format = Format(Math.Max(Math.Abs(first), Math.Abs(last)) * step, step);
        return new Ticks(values, [.. values.Select(value => Label(value, step, format))]);
    }

    /// <summary>The places that tell neighbours apart: behind the point, or behind that of the largest tick.</summary>
    private static string Format(double largest, double step)
    {
        int place = Place(step);
        return largest is < 1e-4 or >= 1e7
            ? $"0.{new string('#', Math.Max(0, Place(largest) - place))}e+0"
            : $"N{Math.Max(0, -place)}";
    }

    // The logarithm of a power of ten may fall short of its whole number by a rounding.
    private static int Place(double value) => value > 0 ? (int)Math.Floor(Math.Log10(value) + 1e-9) : 0;

    private static string Label(double value, double step, string format)
    {
        // Multiples of a step that is no binary fraction miss zero by a rounding.
        double clean = Math.Abs(value) < step / 2 ? 0 : value;
        return clean.ToString(format, CultureInfo.InvariantCulture).Replace('-', ReportFigures.Minus);
    }
}
