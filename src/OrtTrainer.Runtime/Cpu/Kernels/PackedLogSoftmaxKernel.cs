using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedLogSoftmax(x [T, K], offsets [B + 1]) -> y [T, K]</c>: the logarithm of a softmax over the rows of each
/// sequence, column by column. Sums are in float64, row after row; a sequence is one block, so the bits do not depend
/// on the number of threads.
/// </summary>
internal sealed unsafe class PackedLogSoftmaxKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "PackedLogSoftmax", [ElementType.Float, ElementType.Int64], 1, _ => new PackedLogSoftmaxKernel());

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        (int tokens, int columns) = Shapes.Matrix(Definition, "x", x);
        KernelTensor offsets = context.Input(1);
        context.ParallelFor(PackedSequences.CountIn(Definition, "x", offsets, tokens), new Blocks
        {
            X = x.Floats,
            Offsets = offsets.Int64s,
            Y = context.Output(0, tokens, columns).Floats,
            Columns = columns,
        });
    }

    private struct Blocks : IBlocks
    {
        public float* X;
        public long* Offsets;
        public float* Y;
        public int Columns;

        public readonly void Run(int block)
        {
            (long first, long end) = (Offsets[block] * Columns, Offsets[block + 1] * Columns);
            for (int column = 0; column < Columns; column++)
            {
                float top = float.NegativeInfinity;
                for (long at = first + column; at < end; at += Columns)
                {
                    top = Math.Max(top, X[at]);
                }

                double total = 0;
                for (long at = first + column; at < end; at += Columns)
                {
                    total += Math.Exp((double)X[at] - top);
                }

                double logarithm = top + Math.Log(total);
                for (long at = first + column; at < end; at += Columns)
                {
                    Y[at] = (float)(X[at] - logarithm);
                }
            }
        }
    }
}
