using Iced.Intel;

namespace OrtTrainer.Tests.Runtime.MachineCode;

/// <summary>
/// What registers and stack hold of what they held when a function was entered: <c>RCX</c> for the value that was in
/// rcx, <c>stack 40</c> for what lay 40 bytes behind the return address, null for what was made since.
/// </summary>
internal sealed class RegisterModel
{
    private readonly Dictionary<Register, string?> _registers = [];
    private readonly Dictionary<long, string?> _stack = [];
    private readonly InstructionInfoFactory _facts = new();
    private long _top;
    private bool _returned;

    /// <summary>
    /// Whether the stack lies on a multiple of 16: before a call it does, and the return address takes 8 bytes.
    /// </summary>
    public bool StackIsAligned => (_top - 8) % 16 == 0;

    public string? Holds(Register register)
    {
        Register full = register.GetFullRegister();
        return _registers.TryGetValue(full, out string? held) ? held : full.ToString();
    }

    public void Execute(Instruction instruction)
    {
        Assert.That(_returned, Is.False);
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Push:
                _top -= 8;
                _stack[_top] = Holds(instruction.Op0Register);
                break;
            case Mnemonic.Pop:
                _registers[instruction.Op0Register] = At(_top);
                _top += 8;
                break;
            case Mnemonic.Sub when instruction.Op0Register == Register.RSP:
                _top -= (long)instruction.GetImmediate(1);
                break;
            case Mnemonic.Add when instruction.Op0Register == Register.RSP:
                _top += (long)instruction.GetImmediate(1);
                break;
            case Mnemonic.Mov or Mnemonic.Movups when IsCopy(instruction):
                Copy(instruction);
                break;

            // Clears upper halves alone, and the lower ones are what belongs to the caller.
            case Mnemonic.Vzeroupper:
                break;
            case Mnemonic.Ret:
                _returned = true;
                break;
            default:
                Forget(instruction);
                break;
        }
    }

    /// <summary>The function has returned, with the stack and these registers as they were.</summary>
    public void AssertReturns(string name, IEnumerable<Register> kept)
    {
        Assert.That(_returned, name);
        Assert.That(_top, Is.Zero, $"stack of {name}");
        foreach (Register register in kept)
        {
            Assert.That(Holds(register), Is.EqualTo(register.ToString()), name);
        }
    }

    private static bool IsCopy(Instruction instruction) =>
        (instruction.Op0Kind, instruction.Op1Kind) is (OpKind.Register, OpKind.Register)
        || (instruction.MemoryBase == Register.RSP && instruction.MemoryIndex == Register.None);

    private void Copy(Instruction instruction)
    {
        long at = _top + (long)instruction.MemoryDisplacement64;
        if (instruction.Op0Kind == OpKind.Memory)
        {
            Assert.That(at, Is.InRange(_top, -8), "beyond the function's own part of the stack");
            _stack[at] = Holds(instruction.Op1Register);
            return;
        }

        _registers[instruction.Op0Register.GetFullRegister()] =
            instruction.Op1Kind == OpKind.Memory ? At(at) : Holds(instruction.Op1Register);
    }

    private string? At(long place) => place >= 0 ? $"stack {place}" : _stack.GetValueOrDefault(place);

    private void Forget(Instruction instruction)
    {
        foreach (UsedRegister used in _facts.GetInfo(instruction).GetUsedRegisters())
        {
            if (used.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite)
            {
                Assert.That(used.Register.GetFullRegister(), Is.Not.EqualTo(Register.RSP), instruction.ToString());
                _registers[used.Register.GetFullRegister()] = null;
            }
        }
    }
}
