using System.Globalization;
using System.Runtime.CompilerServices;

namespace OrtTrainer.Common;

/// <summary>
/// Range checks of option values; the message names field, value and range. A value that is not a number fails.
/// </summary>
public static class OptionRange
{
    public static double AtLeast(double value, double low, [CallerMemberName] string name = "") =>
        value >= low && double.IsFinite(value) ? value : throw Outside(name, value, $"{Text(low)} or more");

    public static double Above(double value, double low, [CallerMemberName] string name = "") =>
        value > low && double.IsFinite(value) ? value : throw Outside(name, value, $"above {Text(low)}");

    public static double Between(double value, double low, double high, [CallerMemberName] string name = "") =>
        value >= low && value <= high ? value : throw Outside(name, value, $"from {Text(low)} to {Text(high)}");

    /// <summary>In (low, high).</summary>
    public static double Inside(double value, double low, double high, [CallerMemberName] string name = "") =>
        value > low && value < high ? value : throw Outside(name, value, $"above {Text(low)} and below {Text(high)}");

    /// <summary>In [low, high).</summary>
    public static double Below(double value, double low, double high, [CallerMemberName] string name = "") =>
        value >= low && value < high ? value : throw Outside(name, value, $"from {Text(low)} to below {Text(high)}");

    public static long AtLeast(long value, long low, [CallerMemberName] string name = "") =>
        value >= low ? value : throw Outside(name, value, $"{low} or more");

    public static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum => Enum.IsDefined(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"{name} is {value}; expected one of {string.Join(", ", Enum.GetNames<T>())}.");

    private static ArgumentOutOfRangeException Outside(string name, double value, string expected) =>
        new(name, value, $"{name} is {Text(value)}; expected {expected}.");

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
