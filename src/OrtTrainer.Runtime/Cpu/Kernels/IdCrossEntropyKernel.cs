using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>IdCrossEntropy(x [R, K], ids [R, 1], scale [], label [], all []) -> loss, top, logsum [R]</c>:
/// loss = -label · log p_y - all · Σ log p_k, where -log p = logsum - (z - top) and z = scale · x.
/// </summary>
internal sealed unsafe class IdCrossEntropyKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "IdCrossEntropy",
        [ElementType.Float, ElementType.Int64, ElementType.Float, ElementType.Float, ElementType.Float], 3,
        _ => new IdCrossEntropyKernel());

    public override void Compute(in KernelContext context)
    {
        SoftmaxRows x = SoftmaxRows.Of(Definition, context.Input(0), context.Input(2));
        context.ParallelFor(x.Blocks, new Blocks
        {
            X = x,
            Ids = x.Ids(Definition, context.Input(1)),
            Label = SoftmaxRows.Number(Definition, "label", context.Input(3)),
            All = SoftmaxRows.Number(Definition, "all", context.Input(4)),
            Loss = context.Output(0, x.Rows).Floats,
            Top = context.Output(1, x.Rows).Floats,
            Logsum = context.Output(2, x.Rows).Floats,
        });
    }

    private struct Blocks : IBlocks
    {
        public SoftmaxRows X;
        public long* Ids;
        public float Label;
        public float All;
        public float* Loss;
        public float* Top;
        public float* Logsum;

        public readonly void Run(int block)
        {
            (int first, int end) = X.Range(block);
            for (int row = first; row < end; row++)
            {
                float* x = X.Row(row);
                SoftmaxRow.Statistics(x, X.Columns, X.Scale, out Top[row], out Logsum[row]);
                float own = Logsum[row] - ((x[Ids[row]] * X.Scale) - Top[row]);

                // Neither sum cancels: the logarithm is 0 or more, and no element is above the largest.
                double others = All == 0 ? 0 : All * (((double)X.Columns * Logsum[row])
                    + SoftmaxRow.Sum(x, X.Columns, X.Scale, Top[row], default(Below)));
                Loss[row] = (float)((Label * own) + others);
            }
        }
    }

    /// <summary>top - z.</summary>
    private readonly struct Below : SoftmaxRow.ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Of(int at, Vector512<float> below, int count) => -below;
    }
}
