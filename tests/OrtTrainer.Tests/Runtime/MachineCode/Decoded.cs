using Iced.Intel;
using OrtTrainer.Runtime.Cpu.MachineCode;

namespace OrtTrainer.Tests.Runtime.MachineCode;

/// <summary>Functions as a processor would read them.</summary>
internal static class Decoded
{
    /// <summary>Every function of <see cref="BFloat16Code"/>, by name.</summary>
    public static IEnumerable<(string Name, Assembler Code)> Functions(CallingConvention convention)
    {
        BFloat16Code code = new(convention);
        foreach (bool transposed in new[] { false, true })
        {
            foreach (bool add in new[] { false, true })
            {
                for (int rows = 1; rows <= BFloat16Code.TileRows; rows++)
                {
                    yield return ($"tile of {rows} rows, transposed {transposed}, add {add}",
                        code.Tile(rows, transposed, add));
                }
            }
        }

        yield return ("convertRows", code.ConvertRows());
        yield return ("pair", code.Pair());
        yield return ("pairPanel", code.PairPanel());
    }

    public static byte[] Bytes(Assembler code)
    {
        using MemoryStream bytes = new();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    /// <summary>The instructions up to the return, which there is one of.</summary>
    public static IReadOnlyList<Instruction> Instructions(byte[] bytes)
    {
        Decoder decoder = Decoder.Create(64, bytes);
        List<Instruction> instructions = [];
        do
        {
            decoder.Decode(out Instruction instruction);
            Assert.That(instruction.IsInvalid, Is.False, $"byte {decoder.IP}");
            instructions.Add(instruction);
        }
        while (instructions[^1].Mnemonic != Mnemonic.Ret);
        return instructions;
    }
}
