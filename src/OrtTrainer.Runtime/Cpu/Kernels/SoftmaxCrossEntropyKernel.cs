using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>SoftmaxCrossEntropy(x [R, K], targets [R, K], scale []) -> loss, top, logsum [R]</c>: loss = Σ t (logsum - (z -
/// top)), z = scale · x.
/// </summary>
internal sealed unsafe class SoftmaxCrossEntropyKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "SoftmaxCrossEntropy", [ElementType.Float, ElementType.Float, ElementType.Float], 3,
        _ => new SoftmaxCrossEntropyKernel());

    public override void Compute(in KernelContext context)
    {
        SoftmaxRows x = SoftmaxRows.Of(Definition, context.Input(0), context.Input(2));
        Shapes.Require(Definition, "targets", context.Input(1), x.Rows, x.Columns);
        context.ParallelFor(x.Blocks, new Blocks
        {
            X = x,
            Targets = context.Input(1).Floats,
            Loss = context.Output(0, x.Rows).Floats,
            Top = context.Output(1, x.Rows).Floats,
            Logsum = context.Output(2, x.Rows).Floats,
        });
    }

    private struct Blocks : IBlocks
    {
        public SoftmaxRows X;
        public float* Targets;
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
                Weighted term = new(Targets + ((long)row * X.Columns), Logsum[row]);
                Loss[row] = (float)SoftmaxRow.Sum(x, X.Columns, X.Scale, Top[row], term);
            }
        }
    }

    /// <summary>t (logsum - (z - top)).</summary>
    private readonly struct Weighted(float* targets, float logsum) : SoftmaxRow.ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Of(int at, Vector512<float> below, int count)
        {
            Vector512<float> t = count == Lanes.Count
                ? Vector512.Load(targets + at)
                : Lanes.Load(targets + at, count);
            return t * (Vector512.Create(logsum) - below);
        }
    }
}
