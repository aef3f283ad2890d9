using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>DropoutAddLayerNorm(x [N, H], residual [N, H], gamma [H], beta [H], key [2]) -> y, z [N, H], mean, invstd
/// [N]</c>, attributes <c>epsilon</c>, <c>p</c>, <c>site</c>: z = residual + x · mask, y = layer normalisation of z.
/// The end of each half of a transformer layer in one pass over memory.
/// </summary>
internal sealed unsafe class DropoutAddLayerNormKernel(KernelAttributes attributes) : Kernel
{
    private readonly float _epsilon = attributes.Float("epsilon");
    private readonly DropoutSite _dropout = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "DropoutAddLayerNorm",
        [ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Int64], 4,
        attributes => new DropoutAddLayerNormKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        (int rows, int columns) = Shapes.Matrix(Definition, "x", x);
        KernelTensor residual = context.Input(1);
        KernelTensor gamma = context.Input(2);
        KernelTensor beta = context.Input(3);
        Shapes.Require(Definition, "residual", residual, rows, columns);
        Shapes.Require(Definition, "gamma", gamma, columns);
        Shapes.Require(Definition, "beta", beta, columns);
        context.ParallelFor(RowBlocks.Count(rows), new Blocks
        {
            X = x.Floats,
            Residual = residual.Floats,
            Gamma = gamma.Floats,
            Beta = beta.Floats,
            Y = context.Output(0, rows, columns).Floats,
            Z = context.Output(1, rows, columns).Floats,
            Mean = context.Output(2, rows).Floats,
            Invstd = context.Output(3, rows).Floats,
            Rows = rows,
            Columns = columns,
            Epsilon = _epsilon,
            Mask = _dropout.Mask(context.Input(4)),
        });
    }

    private struct Blocks : IBlocks
    {
        public float* X;
        public float* Residual;
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
                float* z = Z + ((long)row * Columns);
                AddMasked((long)row * Columns);
                NormRow.Statistics(z, Columns, Epsilon, out Mean[row], out Invstd[row]);
                NormRow.Normalize(z, Gamma, Beta, Mean[row], Invstd[row], Y + ((long)row * Columns), Columns);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddMasked(long start)
        {
            float* x = X + start;
            float* residual = Residual + start;
            float* z = Z + start;
            Vector512<uint> index = Lanes.Index + Vector512.Create((uint)start);
            bool masked = Mask.IsActive;
            int i = 0;
            for (; i <= Columns - Lanes.Count; i += Lanes.Count)
            {
                Vector512<float> factors = masked ? Mask.Factors(index) : Vector512<float>.One;
                Vector512.FusedMultiplyAdd(Vector512.Load(x + i), factors, Vector512.Load(residual + i)).Store(z + i);
                index += Vector512.Create((uint)Lanes.Count);
            }

            int rest = Columns - i;
            if (rest > 0)
            {
                Vector512<float> factors = masked ? Mask.Factors(index) : Vector512<float>.One;
                Lanes.Store(
                    Vector512.FusedMultiplyAdd(Lanes.Load(x + i, rest), factors, Lanes.Load(residual + i, rest)),
                    z + i, rest);
            }
        }
    }
}
