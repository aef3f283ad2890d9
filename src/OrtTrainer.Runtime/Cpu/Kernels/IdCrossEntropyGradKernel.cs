using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>IdCrossEntropyGrad(dloss [R], x [R, K], ids [R, 1], scale [], label [], all [], top [R], logsum [R]) -> dx [R,
/// K]</c>: dx = dloss · scale ((label + K all) p - all), and at the id less label.
/// </summary>
internal sealed unsafe class IdCrossEntropyGradKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "IdCrossEntropyGrad",
        [
            ElementType.Float, ElementType.Float, ElementType.Int64, ElementType.Float, ElementType.Float,
            ElementType.Float, ElementType.Float, ElementType.Float,
        ],
        1, _ => new IdCrossEntropyGradKernel());

    public override void Compute(in KernelContext context)
    {
        SoftmaxRows x = SoftmaxRows.Of(Definition, context.Input(1), context.Input(3));
        context.ParallelFor(x.Blocks, new Blocks
        {
            Ids = x.Ids(Definition, context.Input(2)),
            Label = SoftmaxRows.Number(Definition, "label", context.Input(4)),
            All = SoftmaxRows.Number(Definition, "all", context.Input(5)),
            Gradient = SoftmaxGradient.Of(
                Definition, x, context.Input(0), context.Input(6), context.Input(7),
                context.Output(0, x.Rows, x.Columns)),
        });
    }

    private struct Blocks : IBlocks
    {
        public SoftmaxGradient Gradient;
        public long* Ids;
        public float Label;
        public float All;

        public readonly void Run(int block)
        {
            (int first, int end) = Gradient.X.Range(block);
            for (int row = first; row < end; row++)
            {
                Gradient.Write(row, Label + (All * Gradient.X.Columns), All, targets: null);
                Gradient.Row(row)[Ids[row]] -= Gradient.Factor(row) * Label;
            }
        }
    }
}
