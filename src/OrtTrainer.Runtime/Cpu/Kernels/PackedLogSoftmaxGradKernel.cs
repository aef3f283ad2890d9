using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedLogSoftmaxGrad(dy [T, K], y [T, K], offsets [B + 1]) -> dx [T, K]</c>: dy less e^y times the sum of dy over
/// the rows of the sequence, column by column. Sums are in float64, row after row.
/// </summary>
internal sealed unsafe class PackedLogSoftmaxGradKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "PackedLogSoftmaxGrad", [ElementType.Float, ElementType.Float, ElementType.Int64], 1,
        _ => new PackedLogSoftmaxGradKernel());

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0);
        (int tokens, int columns) = Shapes.Matrix(Definition, "dy", dy);
        KernelTensor y = context.Input(1);
        Shapes.Require(Definition, "y", y, tokens, columns);
        KernelTensor offsets = context.Input(2);
        context.ParallelFor(PackedSequences.CountIn(Definition, "dy", offsets, tokens), new Blocks
        {
            Dy = dy.Floats,
            Y = y.Floats,
            Offsets = offsets.Int64s,
            Dx = context.Output(0, tokens, columns).Floats,
            Columns = columns,
        });
    }

    private struct Blocks : IBlocks
    {
        public float* Dy;
        public float* Y;
        public long* Offsets;
        public float* Dx;
        public int Columns;

        public readonly void Run(int block)
        {
            (long first, long end) = (Offsets[block] * Columns, Offsets[block + 1] * Columns);
            for (int column = 0; column < Columns; column++)
            {
                double sum = 0;
                for (long at = first + column; at < end; at += Columns)
                {
                    sum += Dy[at];
                }

                for (long at = first + column; at < end; at += Columns)
                {
                    Dx[at] = (float)(Dy[at] - (Math.Exp(Y[at]) * sum));
                }
            }
        }
    }
}
