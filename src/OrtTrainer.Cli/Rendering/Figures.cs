using System.Globalization;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Figures
{
    /// <summary>1234567 as 1,234,567.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>1 run, or 1,234 runs.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>22600000 as 22.6 M.</summary>
    public static string Large(long value) => value switch
    {
        >= 1_000_000_000 => (value / 1e9).ToString("0.0 'G'", CultureInfo.InvariantCulture),
        >= 1_000_000 => (value / 1e6).ToString("0.0 'M'", CultureInfo.InvariantCulture),
        >= 10_000 => (value / 1e3).ToString("0.0 'k'", CultureInfo.InvariantCulture),
        _ => Count(value),
    };

    /// <summary>Bytes in decimal units: 1234567890 as 1.2 GB.</summary>
    public static string Bytes(long bytes) => bytes >= 1_000_000_000
        ? (bytes / 1e9).ToString("0.0 'GB'", CultureInfo.InvariantCulture)
        : (bytes / 1e6).ToString("0 'MB'", CultureInfo.InvariantCulture);

    /// <summary>A score or loss, to four places; a dash where there is none.</summary>
    public static string Score(double? score) =>
        score is null ? "-" : score.Value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>A difference of scores, with its sign.</summary>
    public static string Difference(double value) =>
        value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);

    /// <summary>A learning rate or another number of any size, to three digits.</summary>
    public static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>A time as 1:02:03, 2:03 or 0:03; long ones lose no hours.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
