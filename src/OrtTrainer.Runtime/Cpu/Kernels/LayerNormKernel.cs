using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>LayerNorm(x [N, H], gamma [H], beta [H]) -> y [N, H], mean [N], invstd [N]</c>, attribute <c>epsilon</c>.
/// </summary>
internal sealed unsafe class LayerNormKernel(KernelAttributes attributes) : Kernel
{
    private readonly float _epsilon = attributes.Float("epsilon");

    public static KernelDefinition Definition { get; } = new(
        "LayerNorm", [ElementType.Float, ElementType.Float, ElementType.Float], 3,
        attributes => new LayerNormKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        (int rows, int columns) = Shapes.Matrix(Definition, "x", x);
        KernelTensor gamma = context.Input(1);
        KernelTensor beta = context.Input(2);
        Shapes.Require(Definition, "gamma", gamma, columns);
        Shapes.Require(Definition, "beta", beta, columns);
        context.ParallelFor(RowBlocks.Count(rows), new Blocks
        {
            X = x.Floats,
            Gamma = gamma.Floats,
            Beta = beta.Floats,
            Y = context.Output(0, rows, columns).Floats,
            Mean = context.Output(1, rows).Floats,
            Invstd = context.Output(2, rows).Floats,
            Rows = rows,
            Columns = columns,
            Epsilon = _epsilon,
        });
    }

    private struct Blocks : IBlocks
    {
        public float* X;
        public float* Gamma;
        public float* Beta;
        public float* Y;
        public float* Mean;
        public float* Invstd;
        public int Rows;
        public int Columns;
        public float Epsilon;

        public readonly void Run(int block)
        {
            (int first, int end) = RowBlocks.Range(block, Rows);
            for (int row = first; row < end; row++)
            {
                float* x = X + ((long)row * Columns);
                NormRow.Statistics(x, Columns, Epsilon, out Mean[row], out Invstd[row]);
                NormRow.Normalize(x, Gamma, Beta, Mean[row], Invstd[row], Y + ((long)row * Columns), Columns);
            }
        }
    }
}
