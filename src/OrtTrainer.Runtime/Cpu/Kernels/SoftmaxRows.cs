namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The rows of logits that the operators of cross-entropy read, and how they are cut for threads.</summary>
/// <param name="x">[R, K].</param>
/// <param name="scale">What x is multiplied with.</param>
/// <param name="rows">R.</param>
/// <param name="columns">K.</param>
internal readonly unsafe struct SoftmaxRows(float* x, float scale, int rows, int columns)
{
    /// <summary>Elements of a block: microseconds of work.</summary>
    private const int BlockLength = 16 * 1024;

    public int Rows => rows;

    public int Columns => columns;

    public float Scale => scale;

    /// <summary>Blocks of rows: one row each where a row is as wide as a vocabulary.</summary>
    public int Blocks => (rows + RowsPerBlock - 1) / RowsPerBlock;

    private int RowsPerBlock => Math.Clamp(BlockLength / Math.Max(1, columns), 1, RowBlocks.Rows);

    /// <summary>Those of an operator.</summary>
    /// <param name="definition">The operator, for messages.</param>
    /// <param name="x">The logits.</param>
    /// <param name="scale">A number.</param>
    public static SoftmaxRows Of(KernelDefinition definition, KernelTensor x, KernelTensor scale)
    {
        (int rows, int columns) = Shapes.Matrix(definition, "x", x);
        return new(x.Floats, Number(definition, "scale", scale), rows, columns);
    }

    /// <summary>The value of a tensor without axes.</summary>
    public static float Number(KernelDefinition definition, string name, KernelTensor tensor)
    {
        Shapes.Require(definition, name, tensor);
        return *tensor.Floats;
    }

    /// <summary>Ids of classes.</summary>
    /// <param name="definition">The operator, for messages.</param>
    /// <param name="ids">[R, 1].</param>
    public long* Ids(KernelDefinition definition, KernelTensor ids)
    {
        Shapes.Require(definition, "ids", ids, rows, 1);
        for (int row = 0; row < rows; row++)
        {
            if ((ulong)ids.Int64s[row] >= (ulong)columns)
            {
                throw new ArgumentException(
                    $"{definition.Name}: the id of row {row} is {ids.Int64s[row]}; expected 0 to {columns - 1}.");
            }
        }

        return ids.Int64s;
    }

    /// <summary>The rows of a block, to the one before <c>End</c>.</summary>
    public (int First, int End) Range(int block) =>
        (block * RowsPerBlock, Math.Min(rows, (block + 1) * RowsPerBlock));

    /// <summary>A row of x.</summary>
    public float* Row(int row) => x + ((long)row * columns);
}
