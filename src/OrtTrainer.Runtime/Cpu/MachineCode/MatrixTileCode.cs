using Iced.Intel;
using OrtTrainer.Runtime.Cpu.Products;
using static Iced.Intel.AssemblerRegisters;

namespace OrtTrainer.Runtime.Cpu.MachineCode;

/// <summary>
/// The row product in matrix tiles (AMX-BF16; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2,
/// TDPBF16PS). No kernel uses it: it waits until it has been run on a processor that has these tiles, see
/// <see cref="Processor.HasMatrixTiles"/>.
/// </summary>
/// <param name="convention">How the function is called.</param>
internal sealed class MatrixTileCode(CallingConvention convention)
{
    /// <summary>Rows of a product: two tiles.</summary>
    public const int Rows = 2 * TileRows;

    /// <summary>Steps of the depth that a tile holds; the depth is a multiple of it.</summary>
    public const int TileSteps = TileBytes / sizeof(uint);

    private const int TileRows = 16, TileBytes = 64, Tiles = 8;

    /// <summary>
    /// <c>void multiply(depth, a, aRow, panel, c, cRow)</c>: C [32, 32] = A · panel, as <see cref="ITile.Multiply"/>
    /// has it for 32 rows. A row of the panel is a row of two tiles of 16 columns each.
    /// </summary>
    public Assembler Multiply()
    {
        Assembler a = new(64);
        Label loop = a.CreateLabel(), settings = a.CreateLabel();
        a.Enter(convention);
        a.ldtilecfg(__zmmword_ptr[settings]);
        a.tilezero(tmm0);
        a.tilezero(tmm1);
        a.tilezero(tmm2);
        a.tilezero(tmm3);

        // The rows of the lower tiles, and the distance of rows of the panel.
        a.mov(r10, rdx);
        a.shl(r10, 4);
        a.add(r10, rsi);
        a.mov(eax, Panels.StepBytes);
        a.Label(ref loop);
        a.tileloadd(tmm4, __[rsi + rdx]);
        a.tileloadd(tmm5, __[r10 + rdx]);
        a.tileloadd(tmm6, __[rcx + rax]);
        a.tileloadd(tmm7, __[rcx + rax + TileBytes]);
        a.tdpbf16ps(tmm0, tmm4, tmm6);
        a.tdpbf16ps(tmm1, tmm4, tmm7);
        a.tdpbf16ps(tmm2, tmm5, tmm6);
        a.tdpbf16ps(tmm3, tmm5, tmm7);
        a.add(rsi, TileBytes);
        a.add(r10, TileBytes);
        a.add(rcx, TileSteps * Panels.StepBytes);
        a.sub(rdi, TileSteps);
        a.jg(loop);
        a.mov(r10, r9);
        a.shl(r10, 4);
        a.add(r10, r8);
        a.tilestored(__[r8 + r9], tmm0);
        a.tilestored(__[r8 + r9 + TileBytes], tmm1);
        a.tilestored(__[r10 + r9], tmm2);
        a.tilestored(__[r10 + r9 + TileBytes], tmm3);
        a.tilerelease();
        a.Leave(convention);
        a.Label(ref settings);
        a.db(Settings);
        return a;
    }

    /// <summary>What LDTILECFG reads: palette 1, and 16 rows of 64 bytes for each tile.</summary>
    public static byte[] Settings
    {
        get
        {
            byte[] settings = new byte[64];
            settings[0] = 1;
            for (int tile = 0; tile < Tiles; tile++)
            {
                settings[16 + (2 * tile)] = TileBytes;
                settings[48 + tile] = TileRows;
            }

            return settings;
        }
    }
}
