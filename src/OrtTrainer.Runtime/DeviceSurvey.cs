using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <summary>What a machine has of one kind of devices.</summary>
/// <param name="Kind">The name of the first device of the kind, such as <c>cuda</c>.</param>
/// <param name="Needs">What all devices of the kind need beside themselves.</param>
/// <param name="Devices">The devices, those that cannot be used included; none where there are none or the machine
/// cannot tell.</param>
public sealed record DeviceSurvey(
    string Kind, IReadOnlyList<DeviceNeed> Needs, IReadOnlyList<DeviceReport> Devices);

/// <summary>Something that a kind of devices needs: a driver, a library, a part of this build.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Found">What was found: a version, or a path; null where it is missing.</param>
/// <param name="Problem">What is wrong and what to do; null for nothing.</param>
public sealed record DeviceNeed(string Name, string? Found, string? Problem)
{
    /// <summary>Whether the devices can be used without it, though not for everything.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>A device of this machine.</summary>
/// <param name="Name">What options call it.</param>
/// <param name="Hardware">What its maker calls it.</param>
/// <param name="Problem">Why it cannot be used itself, whatever its kind needs; null where it can.</param>
/// <param name="Precisions">The precisions that it has arithmetic for.</param>
public sealed record DeviceReport(
    string Name, string Hardware, string? Problem, IReadOnlyList<Precision> Precisions)
{
    /// <summary>NVIDIA's number for what it can do, such as <c>9.0</c>; null for other makers.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary>All of its memory in bytes; null where that is not told.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>What of it is free, in bytes; null where that is not told.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>How many parts of it work at once: threads of a processor, multiprocessors of a graphics card.
    /// </summary>
    public int? Units { get; init; }
}
