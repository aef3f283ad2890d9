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

    /// <summary>The loss of a row.</summary>
    /// <param name="rows">The logits.</param>
    /// <param name="row">Its number.</param>
    /// <param name="id">Its class.</param>
    /// <param name="label">The share of the class.</param>
    /// <param name="all">The share of every class.</param>
    /// <param name="top">The row's largest scaled logit.</param>
    /// <param name="logsum">The logarithm of the row's sum.</param>
    internal static double Surprise(
        SoftmaxRows rows, int row, long id, float label, float all, out float top, out float logsum)
    {
        float* x = rows.Row(row);
        SoftmaxRow.Statistics(x, rows.Columns, rows.Scale, out top, out logsum);
        float own = logsum - ((x[id] * rows.Scale) - top);

        // Neither sum cancels: the logarithm is 0 or more, and no element is above the largest.
        double others = all == 0 ? 0 : all * (((double)rows.Columns * logsum)
            + SoftmaxRow.Sum(x, rows.Columns, rows.Scale, top, default(Below)));
        return (label * own) + others;
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
                Loss[row] = (float)Surprise(X, row, Ids[row], Label, All, out Top[row], out Logsum[row]);
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
