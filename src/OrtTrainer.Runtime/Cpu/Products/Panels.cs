namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// The right factor of a product as tiles read it: panels of 32 columns one behind the other, each [depth, 32] steps
/// of four bytes, with zeros behind the last column. A step is one float32, or the two bfloat16 of elements 2k and
/// 2k + 1 of the depth, the second one zero where the depth is odd.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>Columns of a panel.</summary>
    public const int Columns = 32;

    /// <summary>Bytes of a panel for a step of the depth.</summary>
    public const int StepBytes = Columns * sizeof(float);

    /// <summary>How many panels so many columns make.</summary>
    public static int Count(int columns) => (columns + Columns - 1) / Columns;

    /// <summary>Bytes of the panels of a whole factor.</summary>
    public static long Bytes(int columns, int steps) => (long)Count(columns) * steps * StepBytes;
}
