using System.Diagnostics;
using System.Globalization;

namespace OrtTrainer.Benchmarking;

/// <summary>The most memory this process ever had resident.</summary>
internal static class PeakMemory
{
    private const string StatusFile = "/proc/self/status";
    private const string Field = "VmHWM:";

    /// <summary>Bytes: on Linux the kernel's high-water mark, elsewhere what the runtime reports.</summary>
    public static long Read() => File.Exists(StatusFile)
        ? Parse(File.ReadLines(StatusFile))
        : Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>The bytes that the lines of a status file give.</summary>
    /// <exception cref="InvalidDataException">There is no such line.</exception>
    internal static long Parse(IEnumerable<string> lines)
    {
        string line = lines.FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal))
            ?? throw new InvalidDataException($"{StatusFile}: there is no line {Field}; cannot tell the peak memory.");
        string kilobytes = line[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
    }
}
