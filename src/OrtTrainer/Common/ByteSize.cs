using System.Globalization;

namespace OrtTrainer.Common;

/// <summary>Sizes as people write them: 40MB, 512kB, 1.5 GB, 30MiB, or bytes without a unit.</summary>
internal static class ByteSize
{
    /// <summary>What a size looks like, for messages.</summary>
    public const string Expected = "expected a size above 0, such as 40MB or 1.5GB";

    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("KIB", 1 << 10), ("MIB", 1 << 20), ("GIB", 1 << 30), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1),
        ("", 1),
    ];

    /// <summary>The bytes of a size; null where it is no size above 0.</summary>
    public static long? Parse(string text)
    {
        (string unit, double bytes) = Units.First(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        string number = text[..^unit.Length].TrimEnd();
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            && count * bytes is >= 1 and <= long.MaxValue / 2
            ? (long)(count * bytes)
            : null;
    }
}
