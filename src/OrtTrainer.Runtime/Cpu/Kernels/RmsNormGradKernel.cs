using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>RmsNormGrad(dy [N, H], x [N, H], gamma [H], invrms [N]) -> dx [N, H], dgamma [H]</c>: with n = x · invrms and g =
/// dy · gamma, dx = invrms · (g - n · average(g · n)) and dgamma = Σ dy · n over the rows.
/// </summary>
internal sealed unsafe class RmsNormGradKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "RmsNormGrad", [ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float], 2,
        _ => new RmsNormGradKernel());

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), x = context.Input(1), gamma = context.Input(2), invrms = context.Input(3);
        (int rows, int columns) = Shapes.Matrix(Definition, "dy", dy);
        Shapes.Require(Definition, "x", x, rows, columns);
        Shapes.Require(Definition, "gamma", gamma, columns);
        Shapes.Require(Definition, "invrms", invrms, rows);
        int blocks = RowBlocks.Count(rows), stride = Lanes.RoundUp(columns);
        float* partials = Scratch.ForCall((long)stride * blocks);
        context.ParallelFor(blocks, new Blocks
        {
            Dy = dy.Floats,
            X = x.Floats,
            Gamma = gamma.Floats,
            Invrms = invrms.Floats,
            Dx = context.Output(0, rows, columns).Floats,
            Partials = partials,
            Rows = rows,
            Columns = columns,
        });
        RowBlocks.Combine(partials, blocks, stride, context.Output(1, columns).Floats, columns);
    }

    private struct Blocks : IBlocks
    {
        public float* Dy;
        public float* X;
        public float* Gamma;
        public float* Invrms;
        public float* Dx;
        public float* Partials;
        public int Rows;
        public int Columns;

        public readonly void Run(int block)
        {
            int stride = Lanes.RoundUp(Columns);
            float* dgamma = Partials + ((long)stride * block);
            new Span<float>(dgamma, stride).Clear();
            (int first, int end) = RowBlocks.Range(block, Rows);
            for (int row = first; row < end; row++)
            {
                Row(row, dgamma);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Row(int row, float* dgamma)
        {
            float* dy = Dy + ((long)row * Columns), x = X + ((long)row * Columns), dx = Dx + ((long)row * Columns);
            Vector512<float> invrms = Vector512.Create(Invrms[row]), sum = default;

            // The sums' rows end on a whole vector; lanes behind the columns are zero.
            for (int i = 0; i < Columns; i += Lanes.Count)
            {
                int count = Math.Min(Lanes.Count, Columns - i);
                Vector512<float> d = At(dy + i, count), n = At(x + i, count) * invrms;
                sum = Vector512.FusedMultiplyAdd(d * At(Gamma + i, count), n, sum);
                Vector512.FusedMultiplyAdd(d, n, Vector512.Load(dgamma + i)).Store(dgamma + i);
            }

            Vector512<float> average = Vector512.Create(Vector512.Sum(sum) / Columns);
            for (int i = 0; i < Columns; i += Lanes.Count)
            {
                int count = Math.Min(Lanes.Count, Columns - i);
                Vector512<float> n = At(x + i, count) * invrms;
                Vector512<float> g = At(dy + i, count) * At(Gamma + i, count);
                Vector512<float> changed = (g - (n * average)) * invrms;
                if (count == Lanes.Count)
                {
                    changed.Store(dx + i);
                }
                else
                {
                    Lanes.Store(changed, dx + i, count);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> At(float* row, int count) =>
            count == Lanes.Count ? Vector512.Load(row) : Lanes.Load(row, count);
    }
}
