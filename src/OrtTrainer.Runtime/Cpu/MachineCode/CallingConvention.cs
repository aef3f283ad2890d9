using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace OrtTrainer.Runtime.Cpu.MachineCode;

/// <summary>
/// How a function gets its arguments and what it must leave as it was. Code is written for the registers of System V;
/// on Windows arguments are moved there, and the registers that belong to the caller are kept on the stack.
/// </summary>
internal enum CallingConvention
{
    /// <summary>Arguments in rdi, rsi, rdx, rcx, r8 and r9; every vector register is free.</summary>
    SystemV,

    /// <summary>
    /// Arguments in rcx, rdx, r8, r9 and on the stack; rdi, rsi and the low halves of xmm6 to xmm15 are the caller's.
    /// </summary>
    Windows,
}

/// <summary>Beginning and end of a function of up to six integer arguments.</summary>
internal static class CallingConventions
{
    private const int Kept = 10, XmmBytes = 16;

    // After two pushes and the return address the stack lies on a multiple of 16 again.
    private const int Frame = (Kept * XmmBytes) + 8;

    private static readonly AssemblerRegisterXMM[] KeptRegisters =
        [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    /// <summary>That of the system this runs on.</summary>
    public static CallingConvention OfThisSystem =>
        OperatingSystem.IsWindows() ? CallingConvention.Windows : CallingConvention.SystemV;

    /// <summary>Brings the arguments into rdi, rsi, rdx, rcx, r8 and r9.</summary>
    public static void Enter(this Assembler a, CallingConvention convention)
    {
        if (convention == CallingConvention.SystemV)
        {
            return;
        }

        a.push(rdi);
        a.push(rsi);
        a.sub(rsp, Frame);
        for (int i = 0; i < Kept; i++)
        {
            a.movups(__xmmword_ptr[rsp + (i * XmmBytes)], KeptRegisters[i]);
        }

        a.mov(rdi, rcx);
        a.mov(rsi, rdx);
        a.mov(rdx, r8);
        a.mov(rcx, r9);

        // Behind two pushes, the return address and the 32 bytes that belong to the called function.
        const int Stack = Frame + 16 + 8 + 32;
        a.mov(r8, __qword_ptr[rsp + Stack]);
        a.mov(r9, __qword_ptr[rsp + Stack + 8]);
    }

    /// <summary>Gives the caller its registers back, and returns.</summary>
    public static void Leave(this Assembler a, CallingConvention convention)
    {
        a.vzeroupper();
        if (convention == CallingConvention.Windows)
        {
            for (int i = 0; i < Kept; i++)
            {
                a.movups(KeptRegisters[i], __xmmword_ptr[rsp + (i * XmmBytes)]);
            }

            a.add(rsp, Frame);
            a.pop(rsi);
            a.pop(rdi);
        }

        a.ret();
    }
}
