using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>A <see cref="RowProduct{TTile, TFactor, TEpilogue}"/> that a matrix may be added to.</summary>
internal static unsafe class ResidualProduct<TTile, TFactor, TEpilogue>
    where TTile : struct, ITile
    where TFactor : unmanaged, IRightFactor
    where TEpilogue : unmanaged, IEpilogue
{
    /// <summary>Computes it on the threads of a kernel's run.</summary>
    /// <param name="context">The node's run.</param>
    /// <param name="a">Of <see cref="LeftFactor{TTile}.Rows"/>.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="depth">1 or more.</param>
    /// <param name="b">The right factor.</param>
    /// <param name="c">The product, row by row.</param>
    /// <param name="columns">1 or more.</param>
    /// <param name="epilogue">What becomes of a tile before; it stores nothing.</param>
    /// <param name="residual">[rows, columns]; null for nothing.</param>
    public static void Run(
        in KernelContext context, byte* a, int rows, int depth, TFactor b, float* c, int columns, TEpilogue epilogue,
        float* residual)
    {
        if (residual == null)
        {
            RowProduct<TTile, TFactor, TEpilogue>.Run(context, a, rows, depth, b, c, columns, epilogue);
        }
        else
        {
            RowProduct<TTile, TFactor, ResidualEpilogue<TEpilogue>>.Run(
                context, a, rows, depth, b, c, columns,
                new ResidualEpilogue<TEpilogue>(residual, columns, epilogue));
        }
    }
}
