using OrtTrainer.Benchmarking;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Where the time of training steps goes, as two tables.</summary>
internal static class ProfileLines
{
    /// <summary>Operators that take less of a step share a line.</summary>
    private const double SmallestShare = 0.0005;

    /// <summary>The lines; none without a profile.</summary>
    public static IEnumerable<string> Of(StepProfile? profile) => profile is null ? [] :
    [
        "", .. Head(profile), "", .. Table(PartHead, profile.Parts.Select(Cells)),
        "", .. Table(
            OperatorHead,
            [.. Long(profile).Select(Cells), .. Others([.. profile.Operators.Except(Long(profile))])]),
    ];

    private static readonly string[] PartHead = ["part of a step", "ms", "share"];

    private static readonly string[] OperatorHead =
        ["operator", "calls", "ms", "share", "MB", "GB/s", "GFLOP/s", "of peak"];

    private static IEnumerable<string> Head(StepProfile p)
    {
        Machine m = p.Machine;
        yield return $"machine      {m.Processor}, {Figures.Count(m.Processors, "logical processor")}, {m.System}";
        yield return $"software     {m.DotNet}, ONNX Runtime {m.OnnxRuntime}";
        yield return $"peak         {Rate(p.Peak)} GFLOP/s of float32 in registers";
        yield return FormattableString.Invariant(
            $"profiled     {p.Steps} steps of {p.StepSeconds * 1e3:0.0} ms on average, ")
            + FormattableString.Invariant($"{(double)p.Tokens / p.Steps:0} tokens each; ")
            + FormattableString.Invariant($"{p.PlainStepSeconds * 1e3:0.0} ms without the profiler");
    }

    private static IEnumerable<OperatorTime> Long(StepProfile profile) =>
        profile.Operators.Where(time => time.Share >= SmallestShare);

    private static IEnumerable<string[]> Others(OperatorTime[] times)
    {
        if (times.Length > 0)
        {
            yield return Cells(new OperatorTime(
                $"{times.Length} others", times.Sum(time => time.Calls), times.Sum(time => time.Seconds),
                times.Sum(time => time.Share), times.Sum(time => time.Bytes), null, null));
        }
    }

    private static string[] Cells(PartTime time) =>
        [Words.Of(time.Part).Replace('_', ' '), Milliseconds(time.Seconds), Share(time.Share)];

    private static string[] Cells(OperatorTime time) =>
    [
        time.Name, FormattableString.Invariant($"{time.Calls:0.#}"), Milliseconds(time.Seconds), Share(time.Share),
        FormattableString.Invariant($"{time.Bytes / 1e6:0.0}"),
        FormattableString.Invariant($"{time.Bytes / 1e9 / time.Seconds:0.0}"),
        time.OperationsPerSecond is { } rate ? Rate(rate) : "", time.PeakShare is { } share ? Share(share) : "",
    ];

    /// <summary>The first column to the left, numbers to the right.</summary>
    private static IEnumerable<string> Table(string[] head, IEnumerable<string[]> rows)
    {
        string[][] lines = [head, .. rows];
        int[] widths = [.. head.Select((_, column) => lines.Max(line => line[column].Length))];
        return lines.Select(line => string.Join("  ", line.Select((cell, column) => column == 0
            ? cell.PadRight(widths[column])
            : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private static string Milliseconds(double seconds) => FormattableString.Invariant($"{seconds * 1e3:0.00}");

    private static string Share(double share) => FormattableString.Invariant($"{share:0.0%}");

    private static string Rate(double perSecond) => FormattableString.Invariant($"{perSecond / 1e9:0}");
}
