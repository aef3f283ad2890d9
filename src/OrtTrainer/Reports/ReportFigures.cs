using System.Globalization;

namespace OrtTrainer.Reports;

/// <summary>Numbers as reports print them, the same in every culture.</summary>
internal static class ReportFigures
{
    /// <summary>The sign of negative numbers: as wide as a plus, and kept on the line of its digits.</summary>
    public const char Minus = '\u2212';

    /// <summary>What stands where there is no number.</summary>
    public const string None = "–";

    /// <summary>A number with so many decimals; a dash for NaN.</summary>
    public static string Fixed(double value, int decimals) =>
        double.IsNaN(value) ? None : Signed(value.ToString($"F{decimals}", CultureInfo.InvariantCulture));

    /// <summary>As <see cref="Fixed"/>, with a plus before positive numbers.</summary>
    public static string Difference(double value, int decimals)
    {
        string digits = Fixed(value, decimals);
        bool positive = value > 0 && digits.AsSpan().ContainsAnyInRange('1', '9');
        return positive ? $"+{digits}" : digits;
    }

    /// <summary>A probability to four decimals; below one in ten thousand says so.</summary>
    public static string Probability(double? p) => p switch
    {
        null or double.NaN => None,
        < 0.0001 => "< 0.0001",
        _ => p.Value.ToString("F4", CultureInfo.InvariantCulture),
    };

    /// <summary>A count with its thousands apart.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Seconds: 0.42 s, 12.3 s, 153 s, 2.1 h.</summary>
    public static string Seconds(double? seconds) => seconds switch
    {
        null or double.NaN => None,
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds:N0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };

    /// <summary>A number of any size to five digits.</summary>
    public static string Short(double value) =>
        double.IsNaN(value) ? None : Signed(value.ToString("G5", CultureInfo.InvariantCulture));

    // A negative number that rounds to nothing is printed without its sign.
    private static string Signed(string digits) =>
        digits.StartsWith('-') && !digits.AsSpan().ContainsAnyInRange('1', '9')
            ? digits[1..]
            : digits.Replace('-', Minus);
}
