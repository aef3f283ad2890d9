using Iced.Intel;
using OrtTrainer.Runtime.Cpu.MachineCode;

namespace OrtTrainer.Tests.Runtime.MachineCode;

/// <summary>
/// What functions do to the registers and the stack of their caller, followed instruction by instruction (System V
/// AMD64 ABI, section 3.2; Microsoft, x64 calling convention).
/// </summary>
public sealed class CallingConventionTests
{
    private static readonly Register[] SystemVArguments =
        [Register.RDI, Register.RSI, Register.RDX, Register.RCX, Register.R8, Register.R9];

    private static readonly Register[] KeptBySystemV =
        [Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15];

    private static readonly Register[] KeptByWindows =
        [.. KeptBySystemV, Register.RDI, Register.RSI, .. Enumerable.Range(6, 10).Select(i => Register.ZMM0 + i)];

    [Test]
    public void Functions_of_System_V_take_the_six_registers_and_keep_what_is_the_caller_s()
    {
        foreach ((string name, Assembler code) in WithTiles(CallingConvention.SystemV))
        {
            IReadOnlyList<Instruction> body = Decoded.Instructions(Decoded.Bytes(code));
            RegisterModel model = new();
            foreach (Instruction instruction in body)
            {
                model.Execute(instruction);
            }

            model.AssertReturns(name, KeptBySystemV);
        }
    }

    [Test]
    public void Functions_of_Windows_move_arguments_to_the_same_registers_and_keep_what_is_the_caller_s()
    {
        // The arguments, where Windows has them: behind the return address lie 32 bytes of the called function's.
        string[] arguments = ["RCX", "RDX", "R8", "R9", "stack 40", "stack 48"];
        foreach (((string name, Assembler code), (_, Assembler plain)) in
            WithTiles(CallingConvention.Windows).Zip(WithTiles(CallingConvention.SystemV)))
        {
            IReadOnlyList<Instruction> body = Decoded.Instructions(Decoded.Bytes(code));
            int prologue = body.TakeWhile(instruction => !IsLastArgument(instruction)).Count() + 1;
            RegisterModel model = new();
            for (int i = 0; i < body.Count; i++)
            {
                if (i == prologue)
                {
                    Assert.That(SystemVArguments.Select(model.Holds), Is.EqualTo(arguments), name);
                    Assert.That(model.StackIsAligned, name);
                }

                model.Execute(body[i]);
            }

            model.AssertReturns(name, KeptByWindows);

            // Between the prologue and the epilogue it is the function of System V.
            Mnemonic[] work = [.. Decoded.Instructions(Decoded.Bytes(plain)).Select(i => i.Mnemonic).SkipLast(1)];
            Assert.That(body.Skip(prologue).Take(work.Length).Select(i => i.Mnemonic), Is.EqualTo(work), name);
        }
    }

    private static bool IsLastArgument(Instruction instruction) =>
        instruction.Mnemonic == Mnemonic.Mov && instruction.Op0Register == Register.R9;

    private static IEnumerable<(string Name, Assembler Code)> WithTiles(CallingConvention convention) =>
        Decoded.Functions(convention).Append(("matrix tiles", new MatrixTileCode(convention).Multiply()));
}
