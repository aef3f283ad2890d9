using Iced.Intel;
using OrtTrainer.Runtime.Cpu.MachineCode;

namespace OrtTrainer.Tests.Runtime.MachineCode;

public sealed class InstructionTests
{
    // What every 64-bit processor with AVX-512 has, and what Processor.HasBFloat16 asks for.
    private static readonly CpuidFeature[] Asked =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL386, CpuidFeature.X64, CpuidFeature.SSE,
        CpuidFeature.PREFETCHW, CpuidFeature.AVX, CpuidFeature.AVX512F, CpuidFeature.AVX512BW, CpuidFeature.AVX512DQ,
        CpuidFeature.AVX512VL, CpuidFeature.AVX512_BF16,
    ];

    [Test]
    public void Functions_are_made_of_instructions_that_the_processor_was_asked_for([Values] bool windows)
    {
        CallingConvention convention = windows ? CallingConvention.Windows : CallingConvention.SystemV;
        foreach ((string name, Assembler code) in Decoded.Functions(convention))
        {
            Assert.That(Features(code), Is.SubsetOf(Asked), name);
        }
    }

    [Test]
    public void Matrix_tiles_need_the_two_features_beside_those_of_any_processor()
    {
        CpuidFeature[] features = [.. Features(new MatrixTileCode(CallingConvention.SystemV).Multiply())];

        Assert.That(features, Is.SupersetOf(new[] { CpuidFeature.AMX_TILE, CpuidFeature.AMX_BF16 }));
        Assert.That(features.Except([CpuidFeature.AMX_TILE, CpuidFeature.AMX_BF16]), Is.SubsetOf(Asked));
    }

    private static IEnumerable<CpuidFeature> Features(Assembler code) =>
        Decoded.Instructions(Decoded.Bytes(code)).SelectMany(i => i.Code.CpuidFeatures()).Distinct();
}
