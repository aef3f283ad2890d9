using OrtTrainer.Cli.Parsing;
using OrtTrainer.Runtime;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The devices of a kind in lines, then what they need.</summary>
internal static class DeviceLines
{
    private const int NameColumn = 10;

    public static IEnumerable<string> Of(DeviceSurvey survey)
    {
        bool lacks = survey.Needs.Any(need => need is { Problem: not null, IsOptional: false });
        if (survey.Devices.Count == 0)
        {
            yield return Line(survey.Kind, lacks ? "cannot be used" : "this machine has none");
        }

        foreach (DeviceReport device in survey.Devices)
        {
            yield return Line(device.Name, Describe(device));
            if ((device.Problem ?? (lacks ? "cannot be used yet: see below" : null)) is { } problem)
            {
                yield return Line("", problem);
            }
        }

        foreach (DeviceNeed need in survey.Needs)
        {
            string kind = need.Problem is null ? "" : need.IsOptional ? "note: " : "missing: ";
            yield return Line($"  {need.Name}", need.Problem is null ? need.Found! : $"{kind}{need.Problem}");
        }
    }

    /// <summary>A comparison with the processors.</summary>
    public static string Of(DeviceDifference difference) => FormattableString.Invariant(
        $"{difference.Name,-18} {(difference.IsFine ? "fine" : "WRONG"),-6} {difference.Largest:0.0E+0} of the ")
        + FormattableString.Invariant($"largest number apart, {difference.Allowed:0.0E+0} allowed");

    private static string Describe(DeviceReport device)
    {
        List<string> facts = [device.Hardware];
        if (device.ComputeCapability is { } capability)
        {
            facts.Add($"compute capability {capability}");
        }

        if (device.Units is { } units)
        {
            facts.Add(device.ComputeCapability is null
                ? Figures.Count(units, "thread")
                : Figures.Count(units, "multiprocessor"));
        }

        if (device.MemoryBytes is { } bytes)
        {
            facts.Add(Figures.Bytes(bytes) + (device.FreeBytes is { } free ? $", {Figures.Bytes(free)} free" : ""));
        }

        if (device.Precisions.Count > 0)
        {
            facts.Add(Listed([.. device.Precisions.Select(precision => Words.Of(precision))]));
        }

        return string.Join(", ", facts);
    }

    // a; a and b; a, b and c.
    private static string Listed(string[] words) =>
        words.Length < 2 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} and {words[^1]}";

    private static string Line(string name, string value) => $"{name.PadRight(NameColumn)} {value}";
}
