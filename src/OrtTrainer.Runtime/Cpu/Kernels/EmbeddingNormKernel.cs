using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>EmbeddingNorm3(table0, table1, table2 [rows, H], ids0, ids1, ids2 [T], gamma [H], beta [H], key [2]) -> y, z [T,
/// H], mean, invstd [T]</c>, attributes <c>epsilon</c>, <c>p</c>, <c>site</c>, and the like with other numbers of
/// tables: z = the sum of the rows that a token picks, y = the layer normalization of z, dropped out. Rows are summed,
/// normalized and dropped while they lie in the nearest cache.
/// </summary>
internal sealed unsafe class EmbeddingNormKernel(
    KernelDefinition definition, int tables, KernelAttributes attributes) : Kernel
{
    private readonly float _epsilon = attributes.Float("epsilon");
    private readonly DropoutSite _dropout = new(attributes);

    // For messages; made once, as a step allocates nothing.
    private readonly (string Table, string Ids)[] _names =
        [.. Enumerable.Range(0, tables).Select(i => ($"table{i}", $"ids{i}"))];

    /// <summary>The operators for each number of tables.</summary>
    public static IEnumerable<KernelDefinition> Definitions =>
        Enumerable.Range(1, FusedOperations.MostEmbeddings).Select(Define);

    public override void Compute(in KernelContext context)
    {
        (_, int columns) = Shapes.Matrix(definition, "table0", context.Input(0));
        KernelTensor ids = context.Input(tables);
        if (ids.Shape.Length != 1)
        {
            throw new ArgumentException($"{definition.Name}: ids0 has shape {ids}; expected [T].");
        }

        int rows = checked((int)ids.Length);
        Picked* picked = stackalloc Picked[tables];
        for (int i = 0; i < tables; i++)
        {
            picked[i] = Checked(i, context.Input(i), context.Input(tables + i), rows, columns);
        }

        KernelTensor gamma = context.Input(2 * tables), beta = context.Input((2 * tables) + 1);
        Shapes.Require(definition, "gamma", gamma, columns);
        Shapes.Require(definition, "beta", beta, columns);
        context.ParallelFor(RowBlocks.Count(rows), new Blocks
        {
            Picked = picked,
            Tables = tables,
            Gamma = gamma.Floats,
            Beta = beta.Floats,
            Y = context.Output(0, rows, columns).Floats,
            Z = context.Output(1, rows, columns).Floats,
            Mean = context.Output(2, rows).Floats,
            Invstd = context.Output(3, rows).Floats,
            Rows = rows,
            Columns = columns,
            Epsilon = _epsilon,
            Mask = _dropout.Mask(context.Input((2 * tables) + 2)),
        });
    }

    private static KernelDefinition Define(int tables)
    {
        KernelDefinition? made = null;
        return made = new KernelDefinition(
            $"EmbeddingNorm{tables}",
            [
                .. Enumerable.Repeat(ElementType.Float, tables), .. Enumerable.Repeat(ElementType.Int64, tables),
                ElementType.Float, ElementType.Float, ElementType.Int64,
            ],
            4, attributes => new EmbeddingNormKernel(made!, tables, attributes));
    }

    private Picked Checked(int number, KernelTensor table, KernelTensor ids, int rows, int columns)
    {
        (string tableName, string idsName) = _names[number];
        (int tableRows, _) = Shapes.Matrix(definition, tableName, table);
        Shapes.Require(definition, tableName, table, tableRows, columns);
        Shapes.Require(definition, idsName, ids, rows);
        for (int t = 0; t < rows; t++)
        {
            if ((ulong)ids.Int64s[t] >= (ulong)tableRows)
            {
                throw new ArgumentException(
                    $"{definition.Name}: {idsName} is {ids.Int64s[t]} at position {t}, which is not a row of a "
                    + $"table of {tableRows}.");
            }
        }

        return new Picked { Table = table.Floats, Ids = ids.Int64s };
    }

    private struct Picked
    {
        public float* Table;
        public long* Ids;
    }

    private struct Blocks : IBlocks
    {
        public Picked* Picked;
        public int Tables;
        public float* Gamma;
        public float* Beta;
        public float* Y;
        public float* Z;
        public float* Mean;
        public float* Invstd;
        public int Rows;
        public int Columns;
        public float Epsilon;
        public DropoutMask Mask;

        public readonly void Run(int block)
        {
            (int first, int end) = RowBlocks.Range(block, Rows);
            for (int row = first; row < end; row++)
            {
                long start = (long)row * Columns;
                float* z = Z + start;
                float* y = Y + start;
                Sum(row, z);
                NormRow.Statistics(z, Columns, Epsilon, out Mean[row], out Invstd[row]);
                NormRow.Normalize(z, Gamma, Beta, Mean[row], Invstd[row], y, Columns);
                if (Mask.IsActive)
                {
                    Mask.Multiply(y, y, start, Columns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Sum(int row, float* z)
        {
            float** rows = stackalloc float*[FusedOperations.MostEmbeddings];
            for (int table = 0; table < Tables; table++)
            {
                rows[table] = Picked[table].Table + (Picked[table].Ids[row] * Columns);
            }

            int i = 0;
            for (; i <= Columns - Lanes.Count; i += Lanes.Count)
            {
                Vector512<float> sum = Vector512.Load(rows[0] + i);
                for (int table = 1; table < Tables; table++)
                {
                    sum += Vector512.Load(rows[table] + i);
                }

                sum.Store(z + i);
            }

            for (; i < Columns; i++)
            {
                float sum = rows[0][i];
                for (int table = 1; table < Tables; table++)
                {
                    sum += rows[table][i];
                }

                z[i] = sum;
            }
        }
    }
}
