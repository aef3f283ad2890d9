using System.Runtime.InteropServices;
using OrtTrainer.Runtime;

namespace OrtTrainer.Benchmarking;

/// <summary>Where something was measured.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Processors">Logical processors this process may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="DotNet">The .NET version.</param>
/// <param name="OnnxRuntime">ONNX Runtime's version.</param>
internal sealed record Machine(string Processor, int Processors, string System, string DotNet, string OnnxRuntime)
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string NameField = "model name";

    /// <summary>This machine.</summary>
    public static Machine Current() => new(
        File.Exists(ProcessorFile) && ProcessorName(File.ReadLines(ProcessorFile)) is { } name
            ? name
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture}",
        Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
        GraphSession.RuntimeVersion);

    /// <summary>The name in the lines of Linux's file on processors; null where there is none, as on ARM.</summary>
    internal static string? ProcessorName(IEnumerable<string> lines) => lines
        .FirstOrDefault(line => line.StartsWith(NameField, StringComparison.Ordinal))?
        .Split(':', 2)[^1].Trim();
}
