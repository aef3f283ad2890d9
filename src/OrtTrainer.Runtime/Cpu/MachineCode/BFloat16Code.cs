using Iced.Intel;
using OrtTrainer.Runtime.Cpu.Products;
using static Iced.Intel.AssemblerRegisters;

namespace OrtTrainer.Runtime.Cpu.MachineCode;

/// <summary>
/// Functions for products of bfloat16, which .NET has no instructions for: they are assembled when they are first
/// needed (AVX512_BF16; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, VDPBF16PS,
/// VCVTNE2PS2BF16). Numbers below the smallest normal one count as zero, as these instructions have it.
/// </summary>
/// <param name="convention">How the functions are called.</param>
internal sealed class BFloat16Code(CallingConvention convention)
{
    /// <summary>Rows of a whole tile: with two vectors of columns its sums fill 24 of 32 registers.</summary>
    public const int TileRows = 12;

    private const int VectorBytes = 64;
    private const int Vectors = Panels.StepBytes / VectorBytes;
    private const int Unrolled = 4;

    private static readonly AssemblerRegisterZMM[] Zmm =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    /// <summary>
    /// <c>void tile(depth, a, aStep, panel, c, cRow)</c>, as <see cref="ITile.Multiply"/> and
    /// <see cref="ITile.MultiplyTransposed"/> have it, for a number of rows.
    /// </summary>
    /// <param name="rows">1 to 12.</param>
    /// <param name="transposed">Whether the steps of a row lie apart and the rows together.</param>
    /// <param name="add">Whether the sums are added to what C holds.</param>
    public Assembler Tile(int rows, bool transposed, bool add)
    {
        Assembler a = new(64);
        a.Enter(convention);
        for (int i = 0; i < rows * Vectors; i++)
        {
            a.vpxord(Zmm[i], Zmm[i], Zmm[i]);
        }

        TouchResult(a, rows);
        if (!transposed)
        {
            // 3 and 5 times the distance of the rows, and the address of row 6.
            a.lea(r10, __[rdx + (rdx * 2)]);
            a.lea(r11, __[rdx + (rdx * 4)]);
            a.lea(rax, __[rsi + (r10 * 2)]);
        }

        Label loop = a.CreateLabel(), rest = a.CreateLabel(), one = a.CreateLabel(), done = a.CreateLabel();
        a.sub(rdi, Unrolled);
        a.jl(rest);
        a.Label(ref loop);
        for (int step = 0; step < Unrolled; step++)
        {
            Step(a, rows, transposed, step);
        }

        Advance(a, transposed, Unrolled);
        a.sub(rdi, Unrolled);
        a.jge(loop);
        a.Label(ref rest);
        a.add(rdi, Unrolled);
        a.je(done);
        a.Label(ref one);
        Step(a, rows, transposed, 0);
        Advance(a, transposed, 1);
        a.dec(rdi);
        a.jne(one);
        a.Label(ref done);
        Write(a, rows, add);
        a.Leave(convention);
        return a;
    }

    /// <summary>
    /// <c>void convertRows(rows, source, row, target, targetRow)</c>: rows of 32 float32 to bfloat16, so many bytes
    /// apart.
    /// </summary>
    public Assembler ConvertRows() => Loop(ordered: false, a =>
    {
        a.vmovups(zmm0, __zmmword_ptr[rsi + VectorBytes]);
        a.vcvtne2ps2bf16(zmm0, zmm0, __zmmword_ptr[rsi]);
        a.vmovups(__zmmword_ptr[rcx], zmm0);
        a.add(rsi, rdx);
        a.add(rcx, r8);
    });

    /// <summary>
    /// <c>void pair(vectors, first, second, target, order)</c>: the bfloat16 of two rows side by side, vectors of 16
    /// pairs each. <c>order</c> is <see cref="PairOrder"/>.
    /// </summary>
    public Assembler Pair() => Loop(ordered: true, a =>
    {
        PairVector(a, __zmmword_ptr[rsi], __zmmword_ptr[rdx], __zmmword_ptr[rcx]);
        a.add(rsi, VectorBytes);
        a.add(rdx, VectorBytes);
        a.add(rcx, VectorBytes);
    });

    /// <summary>
    /// <c>void pairPanel(steps, source, row, panel, order, step)</c>: two rows of 32 columns to a step, rows and steps
    /// so many bytes apart.
    /// </summary>
    public Assembler PairPanel() => Loop(ordered: true, a =>
    {
        for (int j = 0; j < Vectors; j++)
        {
            int at = j * VectorBytes;
            PairVector(a, __zmmword_ptr[rsi + at], __zmmword_ptr[rsi + rdx + at], __zmmword_ptr[rcx + at]);
        }

        a.lea(rsi, __[rsi + (rdx * 2)]);
        a.add(rcx, r9);
    });

    /// <summary>A function whose first argument, 1 or more, counts the rounds of a loop.</summary>
    /// <param name="ordered">Whether its fifth argument is <see cref="PairOrder"/>, for zmm2.</param>
    /// <param name="round">A round.</param>
    private Assembler Loop(bool ordered, Action<Assembler> round)
    {
        Assembler a = new(64);
        Label loop = a.CreateLabel();
        a.Enter(convention);
        if (ordered)
        {
            a.vmovups(zmm2, __zmmword_ptr[r8]);
        }

        a.Label(ref loop);
        round(a);
        a.dec(rdi);
        a.jne(loop);
        a.Leave(convention);
        return a;
    }

    /// <summary>The order in which the words of two rows are taken: 0, 16, 1, 17, …</summary>
    public static ushort[] PairOrder { get; } =
        [.. Enumerable.Range(0, 32).Select(i => (ushort)((i / 2) + (i % 2 * 16)))];

    // Conversion leaves the second row's words behind the first row's.
    private static void PairVector(
        Assembler a, AssemblerMemoryOperand first, AssemblerMemoryOperand second, AssemblerMemoryOperand target)
    {
        a.vmovups(zmm0, second);
        a.vcvtne2ps2bf16(zmm0, zmm0, first);
        a.vpermw(zmm0, zmm2, zmm0);
        a.vmovups(target, zmm0);
    }

    // The result is written at the end; asked for now, it has arrived by then.
    private static void TouchResult(Assembler a, int rows)
    {
        a.mov(rax, r8);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < Vectors; j++)
            {
                a.prefetchw(__byte_ptr[rax + (j * VectorBytes)]);
            }

            if (i < rows - 1)
            {
                a.add(rax, r9);
            }
        }
    }

    private static void Step(Assembler a, int rows, bool transposed, int step)
    {
        int sums = rows * Vectors;
        AssemblerRegisterZMM left = Zmm[sums], right = Zmm[sums + 1];
        a.vmovups(left, __zmmword_ptr[rcx + (step * Panels.StepBytes)]);
        a.vmovups(right, __zmmword_ptr[rcx + (step * Panels.StepBytes) + VectorBytes]);
        int spare = Zmm.Length - sums - Vectors;
        for (int i = 0; i < rows; i++)
        {
            AssemblerRegisterZMM element = Zmm[sums + Vectors + (i % spare)];
            a.vpbroadcastd(element, transposed ? __dword_ptr[rsi + (4 * i)] : Element(i, 4 * step));
            a.vdpbf16ps(Zmm[i * Vectors], element, left);
            a.vdpbf16ps(Zmm[(i * Vectors) + 1], element, right);
        }

        if (transposed)
        {
            a.add(rsi, rdx);
        }
    }

    private static AssemblerMemoryOperand Element(int row, int at)
    {
        AssemblerRegister64 start = row < 6 ? rsi : rax;
        return (row % 6) switch
        {
            0 => __dword_ptr[start + at],
            1 => __dword_ptr[start + rdx + at],
            2 => __dword_ptr[start + (rdx * 2) + at],
            3 => __dword_ptr[start + r10 + at],
            4 => __dword_ptr[start + (rdx * 4) + at],
            _ => __dword_ptr[start + r11 + at],
        };
    }

    private static void Advance(Assembler a, bool transposed, int steps)
    {
        if (!transposed)
        {
            a.add(rsi, 4 * steps);
            a.add(rax, 4 * steps);
        }

        a.add(rcx, steps * Panels.StepBytes);
    }

    private static void Write(Assembler a, int rows, bool add)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < Vectors; j++)
            {
                AssemblerRegisterZMM sum = Zmm[(i * Vectors) + j];
                if (add)
                {
                    a.vaddps(sum, sum, __zmmword_ptr[r8 + (j * VectorBytes)]);
                }

                a.vmovups(__zmmword_ptr[r8 + (j * VectorBytes)], sum);
            }

            if (i < rows - 1)
            {
                a.add(r8, r9);
            }
        }
    }
}
