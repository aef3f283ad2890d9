using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>SoftmaxCrossEntropyGrad(dloss [R], x [R, K], targets [R, K], scale [], top [R], logsum [R]) -> dx [R, K]</c>:
/// dx = dloss · scale (Σ t · e^(z - top - logsum) - t), z = scale · x.
/// </summary>
internal sealed unsafe class SoftmaxCrossEntropyGradKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "SoftmaxCrossEntropyGrad", [.. Enumerable.Repeat(ElementType.Float, 6)], 1,
        _ => new SoftmaxCrossEntropyGradKernel());

    public override void Compute(in KernelContext context)
    {
        SoftmaxRows x = SoftmaxRows.Of(Definition, context.Input(1), context.Input(3));
        Shapes.Require(Definition, "targets", context.Input(2), x.Rows, x.Columns);
        SoftmaxGradient gradient = SoftmaxGradient.Of(
            Definition, x, context.Input(0), context.Input(4), context.Input(5), context.Output(0, x.Rows, x.Columns));
        context.ParallelFor(x.Blocks, new Blocks { Gradient = gradient, Targets = context.Input(2).Floats });
    }

    private struct Blocks : IBlocks
    {
        public SoftmaxGradient Gradient;
        public float* Targets;

        public readonly void Run(int block)
        {
            (int first, int end) = Gradient.X.Range(block);
            for (int row = first; row < end; row++)
            {
                float* targets = Targets + ((long)row * Gradient.X.Columns);
                double mass = SoftmaxRow.Sum(targets, Gradient.X.Columns, 1, 0, default(Itself));
                Gradient.Write(row, (float)mass, 0, targets);
            }
        }
    }

    private readonly struct Itself : SoftmaxRow.ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Of(int at, Vector512<float> below, int count) => below;
    }
}
