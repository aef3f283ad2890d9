using OrtTrainer.Runtime.Cpu.MachineCode;

namespace OrtTrainer.Tests.Runtime.MachineCode;

public sealed class ProcessorTests
{
    [TestCase("processor\t: 0\nmodel name\t: AMD EPYC 9B45: 2.6 GHz\nflags : fpu", "AMD EPYC 9B45: 2.6 GHz")]
    [TestCase("processor\t: 0\nCPU implementer\t: 0x41", null)]
    public void A_processor_s_name_is_read_where_there_is_one(string lines, string? expected) =>
        Assert.That(Processor.NameIn(lines.Split('\n')), Is.EqualTo(expected));
}
