using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrtTrainer.Runtime.Cpu.MachineCode;

/// <summary>What the processor can do beyond what .NET tells.</summary>
internal static class Processor
{
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
}
