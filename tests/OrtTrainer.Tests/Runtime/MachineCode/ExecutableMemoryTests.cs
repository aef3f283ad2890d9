using System.Globalization;
using System.Runtime.InteropServices;
using OrtTrainer.Runtime.Cpu.MachineCode;

namespace OrtTrainer.Tests.Runtime.MachineCode;

public sealed unsafe class ExecutableMemoryTests
{
    // mov eax, 42; ret
    private static readonly byte[] FortyTwo = [0xB8, 42, 0, 0, 0, 0xC3];

    [Test]
    public void Code_runs()
    {
        RequireX64();
        using ExecutableMemory memory = new(FortyTwo);

        Assert.That(((delegate* unmanaged<int>)memory.Start)(), Is.EqualTo(42));
    }

    [Test]
    [Platform("Linux")]
    public void Its_pages_can_be_read_and_executed_and_not_written()
    {
        RequireX64();
        byte[] code = new byte[3 * 4096];
        FortyTwo.CopyTo(code, 0);
        using ExecutableMemory memory = new(code);

        for (int page = 0; page < 3; page++)
        {
            Assert.That(RightsAt(memory.Start + (page * 4096)), Is.EqualTo("r-xp"));
        }
    }

    [Test]
    [Platform("Linux")]
    public void Its_pages_are_given_back()
    {
        RequireX64();

        // Of a size that nothing else asks for meanwhile.
        ExecutableMemory memory = new(new byte[123 * 4096]);
        nint start = memory.Start, middle = start + (61 * 4096);
        Assert.That(RightsAt(middle), Is.EqualTo("r-xp"));

        memory.Dispose();

        Assert.That(RightsAt(middle), Is.Not.EqualTo("r-xp"));
    }

    [Test]
    [Platform("Linux")]
    public void The_functions_of_bfloat16_lie_in_such_pages()
    {
        RequireX64();
        using BFloat16Functions functions = new();

        Assert.That(RightsAt((nint)functions.Tile(12, transposed: true, add: true)), Is.EqualTo("r-xp"));
        Assert.That(RightsAt((nint)functions.PairPanel), Is.EqualTo("r-xp"));
    }

    private static void RequireX64()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !ExecutableMemory.IsSupported)
        {
            Assert.Ignore("Code is made for x64 on Linux and Windows.");
        }
    }

    /// <summary>What the process may do at an address; null where there is no memory.</summary>
    private static string? RightsAt(nint address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] words = line.Split(' ');
            nint[] ends = [.. words[0].Split('-').Select(w => nint.Parse(w, NumberStyles.HexNumber, null))];
            if (ends[0] <= address && address < ends[1])
            {
                return words[1];
            }
        }

        return null;
    }
}
