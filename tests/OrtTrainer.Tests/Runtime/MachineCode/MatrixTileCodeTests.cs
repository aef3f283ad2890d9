using Iced.Intel;
using OrtTrainer.Runtime.Cpu.MachineCode;

namespace OrtTrainer.Tests.Runtime.MachineCode;

/// <summary>
/// The function of matrix tiles, byte by byte against the encodings of Intel's manual, volume 2: VEX with W0 and 0F38
/// is C4 E2 and a byte of source register (inverted, bits 6 to 3) and prefix (0 none, 1 is 66, 2 is F3, 3 is F2).
/// </summary>
public sealed class MatrixTileCodeTests
{
    [Test]
    public void Instructions_are_encoded_as_published()
    {
        byte[] bytes = Decoded.Bytes(new MatrixTileCode(CallingConvention.SystemV).Multiply());
        string[] expected =
        [
            "C4E2784905", // LDTILECFG m512, VEX.128.NP.0F38.W0 49 !(11):000:bbb, here relative to the code
            "C4E27B49C0", // TILEZERO tmm0, VEX.128.F2.0F38.W0 49 11:rrr:000
            "C4E27B49C8", // tmm1
            "C4E27B49D0", // tmm2
            "C4E27B49D8", // tmm3
            "C4E27B4B2416", // TILELOADD tmm4, [rsi + rdx], VEX.128.F2.0F38.W0 4B !(11):rrr:100
            "C4C27B4B2C12", // tmm5, [r10 + rdx]: the base has its high bit in B, inverted
            "C4E27B4B3401", // tmm6, [rcx + rax]
            "C4E27B4B7C0140", // tmm7, [rcx + rax + 64]
            "C4E24A5CC4", // TDPBF16PS tmm0, tmm4, tmm6, VEX.128.F3.0F38.W0 5C 11:rrr:bbb, the last one in vvvv
            "C4E2425CCC", // tmm1, tmm4, tmm7
            "C4E24A5CD5", // tmm2, tmm5, tmm6
            "C4E2425CDD", // tmm3, tmm5, tmm7
            "C4827A4B0408", // TILESTORED [r8 + r9], tmm0, VEX.128.F3.0F38.W0 4B !(11):rrr:100
            "C4827A4B4C0840", // [r8 + r9 + 64], tmm1
            "C4827A4B140A", // [r10 + r9], tmm2
            "C4827A4B5C0A40", // [r10 + r9 + 64], tmm3
            "C4E27849C0", // TILERELEASE, VEX.128.NP.0F38.W0 49 C0
        ];

        string code = Convert.ToHexString(bytes);
        int at = 0;
        foreach (string instruction in expected)
        {
            int found = code.IndexOf(instruction, at, StringComparison.Ordinal);
            Assert.That(found, Is.GreaterThanOrEqualTo(at), $"{instruction} in {code[at..]}");
            at = found + instruction.Length;
        }
    }

    [Test]
    public void The_whole_function_is_read_as_it_was_written([Values] bool windows)
    {
        byte[] bytes = Decoded.Bytes(
            new MatrixTileCode(windows ? CallingConvention.Windows : CallingConvention.SystemV).Multiply());
        Instruction[] body = [.. Decoded.Instructions(bytes)];
        int length = body.Sum(instruction => instruction.Length);
        Instruction settings = body.Single(i => i.Mnemonic == Mnemonic.Ldtilecfg);
        Instruction back = body.Single(i => i.Mnemonic == Mnemonic.Jg);

        Assert.That(settings.IPRelativeMemoryAddress, Is.EqualTo(length), "the settings lie behind the code");
        Assert.That(bytes.Skip(length), Is.EqualTo(Settings));
        Assert.That(
            body.Single(i => i.IP == back.NearBranchTarget).Mnemonic, Is.EqualTo(Mnemonic.Tileloadd), "the loop");
        Assert.That(
            body.Where(i => i.IP >= back.NearBranchTarget && i.IP < back.IP).Count(i => i.Mnemonic == Mnemonic.Add),
            Is.EqualTo(3), "rows of both tiles and the panel move on");
    }

    // Palette 1; bytes of the rows of tiles 0 to 7 as words from 16 on, and their numbers of rows from 48 on.
    private static byte[] Settings => Convert.FromHexString(
        "01" + string.Concat(Enumerable.Repeat("00", 15)) + string.Concat(Enumerable.Repeat("4000", 8))
        + string.Concat(Enumerable.Repeat("00", 16)) + string.Concat(Enumerable.Repeat("10", 8))
        + string.Concat(Enumerable.Repeat("00", 8)));
}
