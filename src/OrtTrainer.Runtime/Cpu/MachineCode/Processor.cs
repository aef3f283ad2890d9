using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrtTrainer.Runtime.Cpu.MachineCode;

/// <summary>What the processor can do beyond what .NET tells.</summary>
internal static class Processor
{
    private const string File = "/proc/cpuinfo";
    private const string NameField = "model name";

    /// <summary>What its maker calls it, or at least its architecture.</summary>
    public static string Name =>
        System.IO.File.Exists(File) && NameIn(System.IO.File.ReadLines(File)) is { } name
            ? name
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture}";

    /// <summary>
    /// Products of bfloat16 in vectors: AVX512_BF16 (CPUID leaf 7, subleaf 1, EAX bit 5), where .NET itself uses
    /// AVX-512.
    /// </summary>
    public static bool HasBFloat16 =>
        Avx512BW.IsSupported && Vector512.IsHardwareAccelerated && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>Products of bfloat16 in tiles: AMX-TILE and AMX-BF16 (leaf 7, subleaf 0, EDX bits 24 and 22).</summary>
    public static bool HasMatrixTiles
    {
        get
        {
            const int Both = (1 << 24) | (1 << 22);
            return HasBFloat16 && (X86Base.CpuId(7, 0).Edx & Both) == Both;
        }
    }

    /// <summary>The name in the lines of Linux's file on processors; null where there is none, as on ARM.</summary>
    internal static string? NameIn(IEnumerable<string> lines) => lines
        .FirstOrDefault(line => line.StartsWith(NameField, StringComparison.Ordinal))?
        .Split(':', 2)[^1].Trim();
}
